using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace Tokenline.Crash.Tests.Chaos;

/// <summary>A PostgreSQL that may be killed, and so syncs what it promises; on a disk that misbehaves, and where that can be had, on one that is really small.</summary>
internal sealed class OwnPostgres : IAsyncDisposable
{
    private const long NoRoom = 64 * 1024; // less than anything that PostgreSQL makes longer
    private const string DiskSize = "1g";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tokenline-chaos-postgres");
    private readonly int port = FreePort();
    private readonly string? address;
    private Disk? disk;

    private OwnPostgres(string? address) => this.address = address;

    public string Connection => $"Host={address ?? "127.0.0.1"};Port={port};Username=tokenline;Database=postgres";

    /// <summary>What its disk is told to do.</summary>
    public Disk Disk => disk!;

    /// <summary>Its data are on a disk of their own, which can be filled.</summary>
    public bool IsOnSmallDisk { get; private set; }

    private string Mount => Path.Combine(folder.FullName, "disk");

    private string Data => Path.Combine(Mount, "data");

    private string Filler => Path.Combine(Mount, "filler");

    /// <param name="cables">Null: on this machine's own address.</param>
    public static async Task<OwnPostgres> StartAsync(Cables? cables, CancellationToken cancellation)
    {
        var made = new OwnPostgres(cables?.Database);
        Directory.CreateDirectory(made.Mount);
        made.IsOnSmallDisk = await TryAsync("mount", "-t", "tmpfs", "-o", $"size={DiskSize}", "tmpfs", made.Mount);
        var beside = made.folder.CreateSubdirectory("beside");
        // Its server may run as another user.
        if (!OperatingSystem.IsWindows())
            foreach (var open in new[] { made.folder.FullName, made.Mount, beside.FullName })
                File.SetUnixFileMode(open, (UnixFileMode)0b111_101_101);
        // It is made on a disk that behaves.
        await made.ScriptAsync("start", made.Data, made.Port);
        if (cables is not null)
            await File.AppendAllTextAsync(Path.Combine(made.Data, "pg_hba.conf"), $"host all all {cables.Range} trust\n", cancellation);
        await made.KillAsync();
        made.disk = await Disk.MakeAsync(made.Data, beside.FullName, cancellation);
        made.disk.IsQuiet = true;
        await made.StartAgainAsync();
        return made;
    }

    private string Port => port.ToString(CultureInfo.InvariantCulture);

    public Task StartAgainAsync() =>
        ScriptAsync(
            "start",
            Data,
            Port,
            "shared_buffers=64MB",
            "max_wal_size=128MB",
            "min_wal_size=32MB",
            $"listen_addresses=127.0.0.1{(address is null ? "" : $",{address}")}"
        );

    /// <summary>Nothing is flushed: it starts by recovery.</summary>
    public Task KillAsync() => ScriptAsync("stop", Data, "immediate");

    /// <summary>It may have given up by itself, when it could not write.</summary>
    public async Task StartIfDeadAsync(CancellationToken cancellation)
    {
        if (await AnswersAsync(cancellation))
            return;
        try
        {
            await KillAsync();
        }
        catch (InvalidOperationException)
        {
            // it is dead
        }
        await StartAgainAsync();
    }

    /// <summary>Really: hardly a byte is left. Half of what is there at a time, for the database writes on, and what is asked for beyond what is left is not given.</summary>
    public async Task FillAsync()
    {
        for (var tries = 0; tries < 40; tries++)
        {
            if (Left() is var left && left < NoRoom)
                return;
            var taken = File.Exists(Filler) ? new FileInfo(Filler).Length : 0;
            await TryAsync(
                "fallocate",
                "-o",
                taken.ToString(CultureInfo.InvariantCulture),
                "-l",
                ((left + 1) / 2).ToString(CultureInfo.InvariantCulture),
                Filler
            );
        }
        throw new InvalidOperationException($"{Left()} bytes of {Mount} could not be taken");
    }

    private long Left() => new DriveInfo(Mount).AvailableFreeSpace;

    public void Empty() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await KillAsync();
        }
        catch (InvalidOperationException)
        {
            // it is dead already
        }
        if (IsOnSmallDisk)
            await TryAsync("umount", Mount);
        folder.Delete(recursive: true);
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        try
        {
            await using var connection = new NpgsqlConnection($"{Connection};Pooling=false;Timeout=5;Command Timeout=5");
            await connection.OpenAsync(cancellation);
            await using var write = new NpgsqlCommand("CREATE TEMPORARY TABLE t AS SELECT 1", connection);
            await write.ExecuteNonQueryAsync(cancellation);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private Task ScriptAsync(params string[] arguments)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Tokenline.slnx")))
            root = Path.GetDirectoryName(root)!;
        return RunAsync(["bash", Path.Combine(root, "deploy/local/postgres.sh"), .. arguments], disk?.Environment);
    }

    private static async Task<bool> TryAsync(params string[] command)
    {
        try
        {
            await RunAsync(command, null);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task RunAsync(string[] command, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} does not start");
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)}: {said}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
