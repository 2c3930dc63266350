using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Tokenline.Crash.Tests.Chaos;

/// <summary>A PostgreSQL that may be killed, and so syncs what it promises.</summary>
internal sealed class OwnPostgres : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tokenline-chaos-postgres");
    private readonly int port = FreePort();

    public string Connection => $"Host=127.0.0.1;Port={port};Username=tokenline;Database=postgres";

    private string Data => Path.Combine(folder.FullName, "data");

    public static async Task<OwnPostgres> StartAsync()
    {
        var made = new OwnPostgres();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(made.folder.FullName, (UnixFileMode)0b111_101_101); // its server may run as another user
        await made.StartAgainAsync();
        return made;
    }

    public Task StartAgainAsync() => RunAsync("start", Data, port.ToString(CultureInfo.InvariantCulture), "shared_buffers=64MB");

    /// <summary>Nothing is flushed: it starts by recovery.</summary>
    public Task KillAsync() => RunAsync("stop", Data, "immediate");

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        folder.Delete(recursive: true);
    }

    private static async Task RunAsync(params string[] arguments)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Tokenline.slnx")))
            root = Path.GetDirectoryName(root)!;
        var start = new ProcessStartInfo("bash", [Path.Combine(root, "deploy/local/postgres.sh"), .. arguments])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var script = Process.Start(start) ?? throw new InvalidOperationException("bash does not start");
        var said = await script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync();
        if (script.ExitCode != 0)
            throw new InvalidOperationException(said);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
