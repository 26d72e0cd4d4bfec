"""What people do with goods in their hands: pick, stage, pack, dispatch, and what is found missing.

It knows the model and the plan. Called by the store's commands of the floor.
"""
