"""Hooks that add pages to the site: README and others from outside docs/, and the API reference.

README, CONTRIBUTING and the model card stay where GitHub shows them; links between all pages are
rewritten for the site. The API reference has one page for each package, found on disk.
"""

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "models/README.md": "model.md",
    "LICENSE": "LICENSE.txt",
    "NOTICE": "NOTICE.txt",
    "CITATION.cff": "CITATION.cff",
}
MERMAID = Path("node_modules/mermaid/dist/mermaid.min.js")
_SOURCES = {page: source for source, page in PAGES.items()}
_DOCSTRING_ALONE = "show_root_heading: false, members: false"
_LINK = re.compile(r"(?<=\]\()([^)#\s:]+)(?=[)#])")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the API reference to the navigation, and Mermaid where npm has installed it."""
    reference = [{name: _uri(name)} for name in _packages()]
    config.nav = [
        {title: [*pages, *reference]} if title == "API" else {title: pages}
        for entry in config.nav or []
        for title, pages in entry.items()
    ]
    if (ROOT / MERMAID).is_file():
        config.extra_javascript.append(MERMAID.name)
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages from outside docs/."""
    for source, page in PAGES.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / source)))
    for name, modules in _packages().items():
        content = [f"# {name}", f"::: {name}\n    options: {{{_DOCSTRING_ALONE}}}"]
        content += [f"::: {module}" for module in modules]
        files.append(File.generated(config, _uri(name), content="\n\n".join(content)))
    if (ROOT / MERMAID).is_file():
        files.append(File.generated(config, MERMAID.name, abs_src_path=str(ROOT / MERMAID)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Rewrite links between files of the repository as links between pages of the site."""
    uri = page.file.src_uri
    source = _SOURCES.get(uri, f"docs/{uri}")

    def rewrite(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), match[0]))
        target = PAGES.get(target, target.removeprefix("docs/"))
        return posixpath.relpath(target, posixpath.dirname(uri) or ".")

    return _LINK.sub(rewrite, markdown)


def _uri(package: str) -> str:
    return f"api/{package}.md"


def _packages() -> dict[str, list[str]]:
    """The packages of the repository, each with its modules."""
    found = {}
    for top in ("rps_game", "training"):
        for init in sorted((ROOT / top).rglob("__init__.py")):
            name = ".".join(init.parent.relative_to(ROOT).parts)
            modules = [path.stem for path in sorted(init.parent.glob("*.py"))]
            found[name] = [f"{name}.{stem}" for stem in modules if stem[0] != "_"]
    return found
