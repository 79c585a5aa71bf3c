"""The pages of a release as files that any host can serve, under any address."""

from kg.web.site.export import Exported, export_site
from kg.web.site.writing import SiteError

__all__ = ["Exported", "SiteError", "export_site"]
