"""The pages of a release as files that any host can serve, under any address."""

from kg.web.site.export import Exported, export_site

__all__ = ["Exported", "export_site"]
