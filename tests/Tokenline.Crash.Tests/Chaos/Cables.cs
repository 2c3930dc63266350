using System.Diagnostics;
using System.Globalization;

namespace Tokenline.Crash.Tests.Chaos;

/// <summary>
/// A network that can be cut: each node in a network namespace of its own, at one end of a cable whose other end is in a bridge. The database has an address of its own in it, so that
/// a node can lose the database, the other nodes, or everything. Needs the rights to make namespaces, as root has on a usual machine.
/// </summary>
internal sealed class Cables : IAsyncDisposable
{
    private const int FirstNode = 10;

    private readonly string name = $"tl{Environment.ProcessId % 100_000}";
    private readonly string net = $"10.213.{Environment.ProcessId % 250}";
    private readonly int count;

    private Cables(int count) => this.count = count;

    /// <summary>Where clients and the vendor are.</summary>
    public string Outside => $"{net}.1";

    public string Database => $"{net}.254";

    public string Range => $"{net}.0/24";

    public string AddressOf(int node) => $"{net}.{FirstNode + node}";

    /// <summary>What starts a process on a node.</summary>
    public IReadOnlyList<string> On(int node) => ["ip", "netns", "exec", $"{name}-{node}"];

    /// <summary>Null: this machine does not let us.</summary>
    public static async Task<Cables?> LayAsync(int count)
    {
        var cables = new Cables(count);
        try
        {
            await cables.LayAsync();
            return cables;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            await cables.DisposeAsync();
            return null;
        }
    }

    /// <summary>Nothing gets through, either way; who is connected is told nothing.</summary>
    public Task CutAsync(int node) => RunAsync("ip", "link", "set", CableOf(node), "down");

    public Task MendAsync(int node) => RunAsync("ip", "link", "set", CableOf(node), "up");

    /// <summary>Nodes reach the database and their clients, and not each other.</summary>
    public async Task SeparateNodesAsync(bool separated)
    {
        for (var node = 0; node < count; node++)
            await RunAsync("bridge", "link", "set", "dev", CableOf(node), "isolated", separated ? "on" : "off");
    }

    public Task LoseDatabaseAsync(int node) => InsideAsync(node, "ip", "route", "add", "blackhole", $"{Database}/32");

    public Task FindDatabaseAsync(int node) => InsideAsync(node, "ip", "route", "del", "blackhole", $"{Database}/32");

    public async ValueTask DisposeAsync()
    {
        for (var node = 0; node < count; node++)
            await TryAsync("ip", "netns", "del", $"{name}-{node}");
        await TryAsync("ip", "link", "del", name);
    }

    private async Task LayAsync()
    {
        await RunAsync("ip", "link", "add", name, "type", "bridge");
        await RunAsync("ip", "addr", "add", $"{Outside}/24", "dev", name);
        await RunAsync("ip", "addr", "add", $"{Database}/32", "dev", name);
        await RunAsync("ip", "link", "set", name, "up");
        for (var node = 0; node < count; node++)
        {
            await RunAsync("ip", "netns", "add", $"{name}-{node}");
            await RunAsync("ip", "link", "add", CableOf(node), "type", "veth", "peer", "name", "eth0", "netns", $"{name}-{node}");
            await RunAsync("ip", "link", "set", CableOf(node), "master", name, "up");
            await InsideAsync(node, "ip", "link", "set", "lo", "up");
            await InsideAsync(node, "ip", "addr", "add", $"{AddressOf(node)}/24", "dev", "eth0");
            await InsideAsync(node, "ip", "link", "set", "eth0", "up");
        }
    }

    private string CableOf(int node) => string.Create(CultureInfo.InvariantCulture, $"{name}c{node}");

    private Task InsideAsync(int node, params string[] command) => RunAsync([.. On(node), .. command]);

    private static async Task TryAsync(params string[] command)
    {
        try
        {
            await RunAsync(command);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // it was not there
        }
    }

    private static async Task RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} does not start");
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)}: {said}");
    }
}
