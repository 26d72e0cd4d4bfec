"""What the browser holds every page to, whatever a template or a stored text may say."""

POLICY = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
))  # fmt: skip

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # A page's address can hold what opens it; where its links lead to need not know.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # What one person saw stays in no cache that another one reads.
    "Cache-Control": "no-store",
}

SIGNED_IN = {**HEADERS, "Referrer-Policy": "same-origin"}
"""Of pages with forms: without a referrer a browser tells no origin either, which they check."""
