using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CsCheck;
using Tokenline.Storage.Journal;
using File = Tokenline.Storage.Journal.WalWrites.File;

namespace Tokenline.Charging.Tests.Journal;

/// <summary>Writes that are put together are, for SQLite, the same as writes that go as they come: over a disk of our own, which may refuse them.</summary>
public sealed unsafe class WalWritesProperties
{
    private const int Ok = 0;
    private const int Full = 13; // SQLITE_FULL
    private const int Short = 522; // SQLITE_IOERR_SHORT_READ
    private const int FileMax = 600_000;

    private enum Kind
    {
        Append,
        Write,
        Read,
        Sync,
        Size,
        Truncate,
    }

    private readonly record struct Operation(Kind Kind, int At, int Count, bool IsRefused);

    private static readonly Gen<Operation> operations = Gen.Select(
        Gen.Frequency(
            (8, Gen.Const(Kind.Append)),
            (1, Gen.Const(Kind.Write)),
            (2, Gen.Const(Kind.Read)),
            (2, Gen.Const(Kind.Sync)),
            (1, Gen.Const(Kind.Size)),
            (1, Gen.Const(Kind.Truncate))
        ),
        Gen.Int[0, FileMax],
        Gen.Frequency((5, Gen.Const(24)), (5, Gen.Const(4096)), (1, Gen.Int[1, WalWrites.BytesMax + 5000])),
        Gen.Frequency((9, Gen.Const(false)), (1, Gen.Const(true))),
        (kind, at, count, refused) => new Operation(kind, at, count, refused)
    );

    /// <summary>Of the thread that runs a sample.</summary>
    [ThreadStatic]
    private static Disk? disk;

    [Fact]
    public void What_is_read_and_what_a_sync_vouches_for_is_what_was_written() =>
        operations
            .Array[1, 60]
            .Sample(
                all =>
                {
                    using var file = new OpenFile();
                    var written = new byte[FileMax * 2];
                    var size = 0;
                    foreach (var (operation, i) in all.Select((operation, i) => (operation, i)))
                    {
                        disk!.IsFull = operation.IsRefused;
                        var at = Math.Min(operation.Kind == Kind.Append ? size : operation.At, FileMax);
                        switch (operation.Kind)
                        {
                            case Kind.Append or Kind.Write:
                                var bytes = new byte[operation.Count];
                                Array.Fill(bytes, (byte)(i + 1));
                                if (file.Write(bytes, at) != Ok)
                                    break; // SQLite knows
                                bytes.CopyTo(written, at);
                                size = Math.Max(size, at + bytes.Length);
                                break;
                            case Kind.Sync:
                                var isSynced = file.Sync() == Ok;
                                Assert.Equal(disk.Refused == 0, isSynced);
                                if (isSynced)
                                    Assert.Equal(disk.Writes, disk.WritesAtSync);
                                else
                                    disk.Bytes.CopyTo(written, 0); // SQLite goes back, and looks
                                size = isSynced ? size : disk.Size;
                                disk.Refused = 0;
                                Same(written, size);
                                break;
                            case Kind.Read:
                                var found = new byte[operation.Count];
                                var code = file.Read(found, at);
                                if (disk.Refused > 0)
                                    break; // it has been told, or the next sync tells
                                Assert.Equal(at + found.Length > size ? Short : Ok, code);
                                Assert.True(found.AsSpan().SequenceEqual(written.AsSpan(at, found.Length)));
                                break;
                            case Kind.Size:
                                if (file.Size(out var told) == Ok && disk.Refused == 0)
                                    Assert.Equal(size, told);
                                break;
                            default:
                                if (file.Truncate(at = Math.Min(at, size)) != Ok)
                                    break;
                                written.AsSpan(at).Clear();
                                size = at;
                                break;
                        }
                    }
                },
                iter: 2000
            );

    [Fact]
    public void Pages_and_their_headers_are_one_write()
    {
        using var file = new OpenFile();
        for (var page = 0; page < 24; page++)
        {
            Assert.Equal(Ok, file.Write(new byte[24], page * 4120));
            Assert.Equal(Ok, file.Write(new byte[4096], (page * 4120) + 24));
        }
        Assert.Equal(0, disk!.Writes);
        Assert.Equal(Ok, file.Sync());
        Assert.Equal((1, 24 * 4120), (disk.Writes, disk.Size));
    }

    [Fact]
    public void A_commit_does_not_count_on_what_could_not_be_written_even_where_only_a_reader_heard_of_it()
    {
        using var file = new OpenFile();
        Assert.Equal(Ok, file.Write(new byte[4096], 0));
        disk!.IsFull = true;
        Assert.Equal(Full, file.Read(new byte[10], 0));
        disk.IsFull = false;
        Assert.Equal(Ok, file.Write(new byte[4096], 4096));

        Assert.Equal(Full, file.Sync());
        Assert.Equal(Ok, file.Write(new byte[4096], 0));
        Assert.Equal(Ok, file.Sync());
    }

    [Fact]
    public void Who_closes_loses_nothing_and_leaves_the_file_as_it_was()
    {
        var file = new OpenFile();
        Assert.Equal(Ok, file.Write("abc"u8, 0));
        file.Dispose();
        Assert.Equal((3, true), (disk!.Size, disk.IsClosed));
        Assert.True(file.HasItsOwnMethods);
    }

    [Fact]
    public void A_file_of_an_unknown_kind_is_left_alone()
    {
        using var file = new OpenFile(version: 2);
        Assert.True(file.HasItsOwnMethods);
    }

    private static void Same(byte[] written, int size)
    {
        Assert.Equal(size, disk!.Size);
        Assert.True(written.AsSpan(0, size).SequenceEqual(disk.Bytes.AsSpan(0, size)));
    }

    private sealed class Disk
    {
        public byte[] Bytes { get; } = new byte[FileMax * 2];
        public int Size { get; set; }
        public bool IsFull { get; set; }
        public bool IsClosed { get; set; }
        public int Refused { get; set; }
        public int Writes { get; set; }
        public int WritesAtSync { get; set; }
    }

    /// <summary>As SQLite uses one.</summary>
    private sealed class OpenFile : IDisposable
    {
        private readonly WalWrites.Methods* own = (WalWrites.Methods*)NativeMemory.AllocZeroed((nuint)sizeof(WalWrites.Methods));
        private readonly File* file = (File*)NativeMemory.AllocZeroed((nuint)sizeof(File));
        private bool isClosed;

        public OpenFile(int version = 3)
        {
            disk = new Disk();
            own->Version = version;
            own->Close = &OnClose;
            own->Read = &OnRead;
            own->Write = &OnWrite;
            own->Truncate = &OnTruncate;
            own->Sync = &OnSync;
            own->FileSize = &OnSize;
            file->Methods = own;
            Assert.Equal(version >= 3, WalWrites.TryCombine((nint)file));
        }

        public bool HasItsOwnMethods => file->Methods == own;

        public int Write(ReadOnlySpan<byte> bytes, int at)
        {
            fixed (byte* from = bytes)
                return file->Methods->Write(file, from, bytes.Length, at);
        }

        public int Read(Span<byte> into, int at)
        {
            fixed (byte* to = into)
                return file->Methods->Read(file, to, into.Length, at);
        }

        public int Sync() => file->Methods->Sync(file, 2);

        public int Truncate(int size) => file->Methods->Truncate(file, size);

        public int Size(out long size)
        {
            fixed (long* to = &size)
                return file->Methods->FileSize(file, to);
        }

        public void Dispose()
        {
            if (isClosed)
                return;
            isClosed = true;
            Assert.Equal(Ok, file->Methods->Close(file)); // its memory is a few bytes, and looked at afterwards
        }

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static int OnWrite(File* file, byte* bytes, int count, long at)
        {
            if (disk!.IsFull)
            {
                disk.Refused++;
                return Full;
            }
            new ReadOnlySpan<byte>(bytes, count).CopyTo(disk.Bytes.AsSpan((int)at));
            disk.Size = Math.Max(disk.Size, (int)at + count);
            disk.Writes++;
            return Ok;
        }

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static int OnRead(File* file, byte* into, int count, long at)
        {
            var there = (int)Math.Clamp(disk!.Size - at, 0, count);
            disk.Bytes.AsSpan((int)at, there).CopyTo(new Span<byte>(into, count));
            new Span<byte>(into + there, count - there).Clear();
            return there == count ? Ok : Short;
        }

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static int OnTruncate(File* file, long size)
        {
            disk!.Bytes.AsSpan((int)size).Clear();
            disk.Size = (int)size;
            return Ok;
        }

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static int OnSync(File* file, int flags)
        {
            disk!.WritesAtSync = disk.Writes;
            return Ok;
        }

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static int OnSize(File* file, long* size)
        {
            *size = disk!.Size;
            return Ok;
        }

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static int OnClose(File* file)
        {
            disk!.IsClosed = true;
            return Ok;
        }
    }
}
