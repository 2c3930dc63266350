using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tokenline.Host;

/// <summary>
/// What clients may take of the server before anything of theirs is read: connections, buffers and time. A connection that says nothing costs a few kilobytes, one
/// that trickles is cut, and no more of them are accepted than the process may have files open beside those to vendors.
/// </summary>
internal static class ServerLimits
{
    /// <summary>The journal, the database, libraries, and connections of our own.</summary>
    private const int OtherFiles = 500;
    private const int OtherFilesPart = 5; // of few, not more than a fifth

    /// <summary>Connections that have come and are not accepted yet. Beyond it the system drops what comes, and clients try again after a second, and after three.</summary>
    public const int Backlog = 4096;

    // A call is a file towards its client and one towards its vendor.
    private const int CallsOfFiles = 2;
    private const int FilesOfCalls = 5;

    /// <summary>The longest headers, and what is read ahead of a body that nobody has asked for yet.</summary>
    private const int ReadAheadBytes = 64 * 1024;
    private const int PortalCircuitsMax = 10_000;
    private static readonly TimeSpan headersWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan idle = TimeSpan.FromSeconds(130); // longer than the pools of clients keep one
    private static readonly MinDataRate slowest = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

    public static void Apply(KestrelServerLimits limits, Settings settings)
    {
        limits.MaxConcurrentConnections = settings.ConnectionsMax;
        limits.MaxConcurrentUpgradedConnections = PortalCircuitsMax;
        limits.MaxRequestBufferSize = ReadAheadBytes;
        limits.RequestHeadersTimeout = headersWithin;
        limits.KeepAliveTimeout = idle;
        limits.MinRequestBodyDataRate = slowest;
        limits.MinResponseDataRate = slowest;
    }

    /// <summary>The settings, as far as this process may open so many files.</summary>
    /// <param name="files">Null: nobody says how many.</param>
    public static Settings Within(Settings settings, int? files)
    {
        if (files is not { } count)
            return settings;
        var calls = Math.Clamp((int)((long)count * CallsOfFiles / FilesOfCalls), 1, settings.Gateway.CallsMax);
        var connections = Math.Clamp(count - calls - Math.Min(OtherFiles, count / OtherFilesPart), 1, settings.ConnectionsMax);
        return settings with { ConnectionsMax = connections, Gateway = settings.Gateway with { CallsMax = calls } };
    }

    /// <summary>The limit of open files (RLIMIT_NOFILE), which the runtime has raised as far as it may; null where the system does not tell.</summary>
    public static int? OpenFiles()
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits))
            return null;
        const string Name = "Max open files";
        var line = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
    }
}
