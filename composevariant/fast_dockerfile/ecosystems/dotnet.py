""".NET. `publish` reads the restored packages again, so both steps get the mount, which one build at a time may use."""

import re
from typing import Final

from composevariant.errors import Refused
from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache, InstallContext


def _where(surroundings: InstallContext) -> tuple[str, ...]:
    if surroundings.image != "dotnet/sdk":
        raise Refused("the folder of the packages is only known for the image mcr.microsoft.com/dotnet/sdk")
    return ("/root/.nuget/packages",)


CACHE: Final = DownloadCache(
    ecosystem="dotnet",
    installs=re.compile(r"dotnet[ \t]+(?:build|msbuild|pack|publish|restore|run|test)(?![^ \t])"),
    where=_where,
    moved_by=re.compile(
        r"NUGET_PACKAGES|globalPackagesFolder|RestorePackagesPath|--packages(?![^ \t])|\.nuget"
        r"|dotnet[ \t]+nuget[ \t]+locals"
    ),
    emptied_by=re.compile(r"dotnet[ \t]+nuget[ \t]+locals[ \t]+(?:all|global-packages)[ \t]+(?:--clear|-c)"),
    locked=True,
    read_later=True,
    offline=re.compile(r"--no-(?:restore|build)(?![^ \t])|/p:NoBuild=true"),
    settings=("NuGet.Config", "nuget.config", "Directory.Build.props"),
)
