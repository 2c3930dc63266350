using System.Globalization;

namespace Tokenline.Host.Doctor;

/// <summary>The data folder: there, on a disk of this machine, with room, and its secrets read by nobody else.</summary>
internal static class FolderLook
{
    private const long Gigabyte = 1L << 30;
    private static readonly string[] secrets = ["admin.key", "vendor-keys.secret", "demo.env"];
    private static readonly string[] remote = ["nfs", "nfs4", "cifs", "smb", "smb2", "smbfs", "fuse.sshfs", "9p"];

    public static Task<IReadOnlyList<Finding>> TakeAsync(Settings settings, CancellationToken cancellation)
    {
        const string about = "data folder";
        var folder = settings.DataFolder;
        var findings = new List<Finding>();
        if (!Directory.Exists(folder))
        {
            findings.Add(Finding.Watch(about, $"{folder} is not there yet", "The first start makes it; TOKENLINE_DATA names another."));
            return Task.FromResult<IReadOnlyList<Finding>>(findings);
        }
        var drive = DriveOf(folder);
        // Of a cluster the folder holds no money: room and kind of its disk matter little.
        if (settings.Cluster is null)
        {
            var free = drive.AvailableFreeSpace;
            var says = string.Create(
                CultureInfo.InvariantCulture,
                $"{folder}: {(double)free / Gigabyte:F1} GB free of {(double)drive.TotalSize / Gigabyte:F1} ({drive.DriveFormat})"
            );
            findings.Add(
                free < Gigabyte
                    ? Finding.Ill(about, says, "Make room: a call takes some 2 KB, and none is served when the journal cannot be written.")
                : free < 10 * Gigabyte ? Finding.Watch(about, says, "Make room: a million calls take some 2 GB (docs/scale.md).")
                : Finding.Well(about, says)
            );
            if (remote.Contains(drive.DriveFormat, StringComparer.OrdinalIgnoreCase))
                findings.Add(
                    Finding.Ill(
                        "disk",
                        $"{folder} is on {drive.DriveFormat}: locks and syncs over a network do not keep what the journal promises",
                        "Move it to a disk of this machine, or use PostgreSQL (TOKENLINE_DATABASE)."
                    )
                );
        }
        findings.AddRange(Secrets(folder));
        if (settings.Cluster?.SecretsFolder is { } shared && shared != folder && Directory.Exists(shared))
            findings.AddRange(Secrets(shared));
        return Task.FromResult<IReadOnlyList<Finding>>(findings);
    }

    private static IEnumerable<Finding> Secrets(string folder)
    {
        if (OperatingSystem.IsWindows())
            yield break;
        foreach (var name in secrets)
        {
            var file = Path.Combine(folder, name);
            if (!File.Exists(file))
                continue;
            var mode = File.GetUnixFileMode(file);
            const UnixFileMode others =
                UnixFileMode.GroupRead
                | UnixFileMode.GroupWrite
                | UnixFileMode.OtherRead
                | UnixFileMode.OtherWrite
                | UnixFileMode.GroupExecute
                | UnixFileMode.OtherExecute;
            yield return (mode & others) == UnixFileMode.None
                ? Finding.Well("secrets", $"{name} is its owner's alone")
                : Finding.Ill("secrets", $"{file} may be read or written by others on this machine", $"chmod 600 {file}");
        }
    }

    /// <summary>The one that is mounted nearest above it.</summary>
    private static DriveInfo DriveOf(string folder) =>
        DriveInfo
            .GetDrives()
            .Where(drive => folder.StartsWith(drive.RootDirectory.FullName, StringComparison.Ordinal))
            .OrderByDescending(drive => drive.RootDirectory.FullName.Length)
            .FirstOrDefault()
        ?? new DriveInfo(Path.GetPathRoot(folder)!);
}
