"""Where pages lead that show nothing: what they lead to is told from the page's own base."""

import pytest

from transforms.articles.page_redirects import find_redirect

REFRESH = '<meta http-equiv="refresh" content="0;url=new">'


@pytest.mark.parametrize(
    ("head", "target"),
    [
        (REFRESH, "https://quay.example/en/new"),
        (f'<base href="https://ferry.example/x/">{REFRESH}', "https://ferry.example/x/new"),
        (f"<base target=_top href=/so/>{REFRESH}", "https://quay.example/so/new"),
        (f'<base target="_top">{REFRESH}', "https://quay.example/en/new"),
        (f'<base href="">{REFRESH}', "https://quay.example/en/new"),
    ],
)
def test_an_address_counts_from_the_base_of_the_page(head: str, target: str) -> None:
    assert (
        find_redirect(f"<html><head>{head}</head><body></body></html>", "https://quay.example/en/old")
        == target
    )
