using System.Globalization;

namespace Tokenline.Host.Doctor;

/// <summary>What the system lets a process of this user do.</summary>
internal static class ProcessLook
{
    /// <summary>A call that runs holds two sockets; ten thousand of them, and room for files.</summary>
    private const long OpenFilesWanted = 32_768;
    private const string LimitsFile = "/proc/self/limits";

    public static async Task<IReadOnlyList<Finding>> TakeAsync(Settings settings, CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        if (File.Exists(LimitsFile))
        {
            var lines = await File.ReadAllLinesAsync(LimitsFile, cancellation);
            if (OpenFiles(lines) is { } limit)
                findings.Add(
                    limit >= OpenFilesWanted
                        ? Finding.Well("open files", string.Create(CultureInfo.InvariantCulture, $"{limit:N0} may be open"))
                        : Finding.Watch(
                            "open files",
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{limit:N0} may be open, and a running call holds two: with more calls at once new ones cannot connect"
                            ),
                            "Raise the limit: LimitNOFILE=65536 in the unit, or ulimit -n 65536 before the start."
                        )
                );
        }
        return findings;
    }

    /// <summary>The soft limit; null: there is no such line. "unlimited" is a great many.</summary>
    internal static long? OpenFiles(IEnumerable<string> lines)
    {
        const string name = "Max open files";
        if (lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is not { } found)
            return null;
        var soft = found[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue;
    }
}
