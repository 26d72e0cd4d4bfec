"""The pictures of the house show the rooms and arrows as they are."""

from tests.architecture import rooms


def test_the_pictures_are_what_the_imports_are() -> None:
    page = rooms.PAGE.read_text(encoding="utf-8")
    told = "run `python -m tests.architecture.rooms`"
    assert page == rooms.drawn_again(page), told
    assert all(picture in page for picture in rooms.houses().values()), told


def test_every_floor_is_drawn() -> None:
    for house, floors in (("domain", rooms.DOMAIN), ("store", rooms.STORE)):
        folder = rooms.ROOT / "fulfillment" / house
        found = {each.parent.name for each in folder.glob("*/__init__.py")}
        assert found - {"migrations"} == set(floors)


def test_no_room_is_in_a_circle() -> None:
    for house, floors in (("domain", rooms.DOMAIN), ("store", rooms.STORE)):
        names = [f"fulfillment.{house}.{floor}" for floor in floors]
        found = rooms.arrows(names)
        for number, name in enumerate(names):
            assert found[name] <= set(names[number + 1 :]), name


def test_the_tests_of_a_room_stand_in_a_folder_of_its_name() -> None:
    for house in ("domain", "store"):
        tests, rooms_of = rooms.ROOT / "tests" / house, rooms.ROOT / "fulfillment" / house
        found = {test.parent.relative_to(tests) for test in tests.rglob("test_*.py")}
        lost = {folder for folder in found if not (rooms_of / folder / "__init__.py").is_file()}
        assert lost == set(), f"tests/{house}: folders of no room"
        assert not list(tests.glob("test_*.py")), f"tests/{house}: a test outside of every room"
