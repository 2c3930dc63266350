using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace Tokenline.Crash.Tests.Chaos;

/// <summary>
/// The disk and the clock of a server under test, as <c>faults.c</c> makes them: slow, full, lying, without power.
/// SIGKILL keeps the kernel's cache, and so hides a sync that was forgotten; <see cref="LosePower"/> does not.
/// </summary>
internal sealed class Disk
{
    private const int SectorBytes = 512;
    private const int ControlBytes = 4096;

    private readonly string folder;
    private readonly string log;
    private readonly string control;
    private readonly string library;

    private Disk(string folder, string beside, string library)
    {
        (this.folder, this.library) = (folder, library);
        log = Path.Combine(beside, "written");
        control = Path.Combine(beside, "control");
        File.WriteAllBytes(control, new byte[ControlBytes]);
        File.WriteAllBytes(log, []);
        if (OperatingSystem.IsWindows())
            return;
        // The server may run as another user.
        foreach (var file in new[] { control, log })
            File.SetUnixFileMode(file, (UnixFileMode)0b110_110_110);
    }

    /// <summary>Compiles the faults.</summary>
    /// <param name="folder">What is on this disk.</param>
    /// <param name="beside">A folder that is not.</param>
    public static async Task<Disk> MakeAsync(string folder, string beside, CancellationToken cancellation)
    {
        var library = Path.Combine(beside, "faults.so");
        var start = new ProcessStartInfo("bash", [Path.Combine(AppContext.BaseDirectory, "Chaos", "faults.sh"), library])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var compiler = Process.Start(start) ?? throw new InvalidOperationException("bash does not start");
        var said = await compiler.StandardError.ReadToEndAsync(cancellation);
        await compiler.WaitForExitAsync(cancellation);
        return compiler.ExitCode == 0 ? new(folder, beside, library) : throw new InvalidOperationException(said);
    }

    /// <summary>What a server's environment needs to be on it.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library,
            ["FAULTS_FOLDER"] = folder,
            ["FAULTS_LOG"] = log,
            ["FAULTS_CONTROL"] = control,
        };

    /// <summary>The clock of the server is so far ahead of ours.</summary>
    public TimeSpan ClockAhead
    {
        set => Order(0, value.Ticks * 100);
    }

    /// <summary>Every sync takes so much longer.</summary>
    public TimeSpan SyncTakes
    {
        set => Order(1, value.Ticks / TimeSpan.TicksPerMicrosecond);
    }

    /// <summary>No file can become longer.</summary>
    public bool IsFull
    {
        set => Order(2, value ? 1 : 0);
    }

    /// <summary>It says that all is synced and does nothing.</summary>
    public bool IsLying
    {
        set => Order(3, value ? 1 : 0);
    }

    /// <summary>Nothing is noted: what is written meanwhile counts as synced. A database that writes for minutes would fill the real disk with it.</summary>
    public bool IsQuiet
    {
        set => Order(4, value ? 1 : 0);
    }

    private void Order(int field, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        using var file = File.OpenHandle(control, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, bytes, field * sizeof(long));
    }

    /// <summary>The server is dead. Of what it wrote and did not sync, each sector survives with this likelihood. How many writes were at stake.</summary>
    public int LosePower(Random random, double survives)
    {
        var pending = new Dictionary<string, List<Written>>(StringComparer.Ordinal);
        foreach (var entry in File.Exists(log) ? Read(File.ReadAllBytes(log)) : [])
        {
            if (!pending.TryGetValue(entry.Path, out var writes))
                pending[entry.Path] = writes = [];
            if (entry.Kind == 'S')
                writes.RemoveAll(write => write.Number <= entry.Number);
            else if (entry.Kind == 'U')
                writes.Clear();
            else
                writes.Add(entry);
        }
        File.WriteAllBytes(log, []);
        foreach (var (path, writes) in pending)
        {
            if (writes.Count > 0 && File.Exists(path))
                Undo(path, writes, random, survives);
        }
        return pending.Values.Sum(writes => writes.Count);
    }

    private static void Undo(string path, List<Written> writes, Random random, double survives)
    {
        if (writes[0].Kind == 'C' && random.NextDouble() >= survives)
        {
            File.Delete(path);
            return;
        }
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        foreach (var write in Enumerable.Reverse(writes).Where(write => write.Kind != 'C'))
        {
            RandomAccess.SetLength(file, write.LengthBefore);
            if (write.Old.Length > 0)
                RandomAccess.Write(file, write.Old.Span, write.At);
        }
        foreach (var write in writes)
        {
            if (write.Kind == 'W')
                Redo(file, write, random, survives);
            else if (write.Kind == 'T' && random.NextDouble() < survives)
                RandomAccess.SetLength(file, write.At);
        }
    }

    private static void Redo(Microsoft.Win32.SafeHandles.SafeFileHandle file, Written write, Random random, double survives)
    {
        for (var done = 0; done < write.New.Length; )
        {
            var length = Math.Min(write.New.Length - done, (int)(SectorBytes - ((write.At + done) % SectorBytes)));
            if (random.NextDouble() < survives)
                RandomAccess.Write(file, write.New.Span.Slice(done, length), write.At + done);
            done += length;
        }
    }

    /// <summary>An entry of the log, as <c>note</c> in faults.c writes it.</summary>
    /// <param name="Kind">C: created, W: written, T: cut to a length, S: all up to this number is synced, U: gone or renamed.</param>
    private readonly record struct Written(
        char Kind,
        long Number,
        string Path,
        long At,
        long LengthBefore,
        ReadOnlyMemory<byte> Old,
        ReadOnlyMemory<byte> New
    );

    private static IEnumerable<Written> Read(ReadOnlyMemory<byte> bytes)
    {
        const int HeadBytes = 1 + 8 + 4 + 8 + 8 + 4 + 4;
        while (bytes.Length >= HeadBytes)
        {
            var head = bytes.Span;
            var (path, old, fresh) = (Int(head, 9), Int(head, 29), Int(head, 33));
            if (bytes.Length < HeadBytes + path + old + fresh)
                yield break; // killed in the middle of saying so: it was not done
            var at = HeadBytes + path;
            yield return new(
                (char)head[0],
                BinaryPrimitives.ReadInt64LittleEndian(head[1..]),
                Encoding.UTF8.GetString(head.Slice(HeadBytes, path)),
                BinaryPrimitives.ReadInt64LittleEndian(head[13..]),
                BinaryPrimitives.ReadInt64LittleEndian(head[21..]),
                bytes.Slice(at, old),
                bytes.Slice(at + old, fresh)
            );
            bytes = bytes[(at + old + fresh)..];
        }

        static int Int(ReadOnlySpan<byte> head, int at) => BinaryPrimitives.ReadInt32LittleEndian(head[at..]);
    }
}
