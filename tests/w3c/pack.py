"""Make suites.zip anew from a clone of github.com/w3c/rdf-tests: ``pack.py CLONE [COMMIT]``."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

# What changes a graph, reasons, or asks another server is not what this endpoint answers.
LEFT_OUT = re.compile(
    r"^sparql/sparql11/(?:add|basic-update|clear|copy|delete|delete-data|delete-insert|delete-where"
    r"|drop|entailment|move|service|syntax-fed|syntax-update-\d|update-silent|http-rdf-update)/"
    r"|\.(?:haml|html)$|(?:^|/)(?:README|index)"
)


def git(clone: str, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", clone, *arguments], check=True, capture_output=True).stdout


def main(clone: str, commit: str = "HEAD") -> None:
    listed = git(clone, "ls-tree", "-r", "--name-only", commit, "--", "sparql", "LICENSE.md")
    target = Path(__file__).with_name("suites.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(listed.decode().split("\n")):
            if name and not LEFT_OUT.search(name):
                entry = zipfile.ZipInfo(name)
                archive.writestr(
                    entry, git(clone, "show", f"{commit}:{name}"), zipfile.ZIP_DEFLATED, 9
                )


if __name__ == "__main__":
    main(*sys.argv[1:])
