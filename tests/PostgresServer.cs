using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Tokenline.Testing;

/// <summary>
/// A PostgreSQL that this test process starts for itself in a temporary folder, and stops at its end. Without one the tests fail: they are never skipped.
/// Compiled into each test project that needs it; one server a process, a database for whoever asks.
/// </summary>
internal static class PostgresServer
{
    private static readonly Lazy<Task<Running>> server = new(StartAsync);
    private static int databases;

    /// <summary>A new database, and how to reach it.</summary>
    /// <param name="template">How to reach the one that it begins as a copy of, to which nobody is connected; without it, it is empty.</param>
    public static async Task<string> NewDatabaseAsync(string? template = null)
    {
        var running = await server.Value;
        var name = $"t{Interlocked.Increment(ref databases)}";
        await using var connection = new NpgsqlConnection(running.Connection("postgres"));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        var like = template is null ? "" : $" TEMPLATE {new NpgsqlConnectionStringBuilder(template).Database}";
        command.CommandText = $"CREATE DATABASE {name}{like}";
        await command.ExecuteNonQueryAsync();
        return running.Connection(name);
    }

    private static async Task<Running> StartAsync()
    {
        var script = Path.Combine(Root(), "deploy/local/postgres.sh");
        var folder = Directory.CreateTempSubdirectory("tokenline-postgres").FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101); // its server may run as another user
        var data = Path.Combine(folder, "data");
        var port = FreePort();
        // Nothing here has to survive the machine, and what kills processes does not kill the kernel's cache.
        await RunAsync(script, "start", data, $"{port}", "fsync=off", "shared_buffers=64MB", "max_connections=500");
        // Some hundred databases are ten thousands of files: a slow disk needs longer for them than a process has that ends, so nobody waits.
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
            Process
                .Start("bash", ["-c", "(\"$1\" stop \"$2\" immediate; rm -rf \"$3\") >/dev/null 2>&1 &", "bash", script, data, folder])
                .WaitForExit();
        return new(port);
    }

    private static async Task RunAsync(string script, params string[] arguments)
    {
        using var process =
            Process.Start(new ProcessStartInfo("bash", [script, .. arguments]) { RedirectStandardError = true, UseShellExecute = false })
            ?? throw new InvalidOperationException("bash does not start");
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The tests need a PostgreSQL of their own, and it did not come up: {said}");
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tokenline.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("these tests run inside the repository");
        return folder.FullName;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed record Running(int Port)
    {
        public string Connection(string database) =>
            $"Host=127.0.0.1;Port={Port};Username=tokenline;Database={database};Maximum Pool Size=20";
    }
}
