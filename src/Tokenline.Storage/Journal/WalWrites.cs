using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tokenline.Storage.Journal;

/// <summary>
/// What SQLite appends to its write-ahead log it writes page by page, each behind a header of 24 bytes: two dozen writes a commit, which cost more than what they write. Here they are put
/// together, and go to the system in one when SQLite syncs, or looks at what it has written. Nobody else can see the difference: what a commit has written counts for others only after its sync.
/// It stands between SQLite and its own file (<c>sqlite3_io_methods</c>), lives as long as that is open, and ends with it. Used by one thread at a time, as the connection is.
/// </summary>
internal static unsafe class WalWrites
{
    /// <summary>Larger commits go in pieces: SQLite's own function for writes does not take more at once.</summary>
    public const int BytesMax = 0x1ffff;

    private const int Ok = 0;

    /// <summary>The first table of functions with all those that are kept here.</summary>
    private const int KnownVersion = 3;

    /// <summary>False: this SQLite's files are of another kind, and its writes go as they come.</summary>
    /// <param name="file">A <c>sqlite3_file</c> that is open.</param>
    public static bool TryCombine(nint file)
    {
        var theirs = ((File*)file)->Methods;
        if (theirs is null || theirs->Version < KnownVersion)
            return false;
        var kept = (Kept*)NativeMemory.AllocZeroed((nuint)sizeof(Kept));
        kept->Methods = *theirs;
        kept->Methods.Close = &Close;
        kept->Methods.Read = &Read;
        kept->Methods.Write = &Write;
        kept->Methods.Truncate = &Truncate;
        kept->Methods.Sync = &Sync;
        kept->Methods.FileSize = &FileSize;
        kept->Theirs = theirs;
        kept->Bytes = (byte*)NativeMemory.Alloc(BytesMax);
        ((File*)file)->Methods = &kept->Methods;
        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(File* file, byte* bytes, int count, long at)
    {
        var kept = Of(file);
        if (kept->Length > 0 && (at != kept->At + kept->Length || count > BytesMax - kept->Length))
        {
            var code = Pass(file, kept);
            if (code != Ok)
                return code;
        }
        if (count > BytesMax)
            return Put(file, kept, bytes, count, at);
        if (kept->Length == 0)
            kept->At = at;
        Buffer.MemoryCopy(bytes, kept->Bytes + kept->Length, count, count);
        kept->Length += count;
        return Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(File* file, int flags)
    {
        var kept = Of(file);
        _ = Pass(file, kept);
        var code = kept->Lost;
        kept->Lost = Ok; // SQLite hears of it here at the latest, and begins again where it was before
        return code == Ok ? kept->Theirs->Sync(file, flags) : code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(File* file, byte* into, int count, long at)
    {
        var kept = Of(file);
        var code = Pass(file, kept); // wherever it reads: how long the file is shows, too
        return code == Ok ? kept->Theirs->Read(file, into, count, at) : code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(File* file, long size)
    {
        var kept = Of(file);
        var code = Pass(file, kept);
        return code == Ok ? kept->Theirs->Truncate(file, size) : code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileSize(File* file, long* size)
    {
        var kept = Of(file);
        var code = Pass(file, kept);
        return code == Ok ? kept->Theirs->FileSize(file, size) : code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(File* file)
    {
        var kept = Of(file);
        _ = Pass(file, kept); // of no commit, or that commit's sync would have passed it
        var theirs = kept->Theirs;
        file->Methods = theirs;
        NativeMemory.Free(kept->Bytes);
        NativeMemory.Free(kept);
        return theirs->Close(file);
    }

    /// <summary>Writes what is put together.</summary>
    private static int Pass(File* file, Kept* kept)
    {
        if (kept->Length == 0)
            return Ok;
        var code = Put(file, kept, kept->Bytes, kept->Length, kept->At);
        kept->Length = 0;
        return code;
    }

    /// <summary>Where it fails, the next sync fails for it, whoever else was told: no commit may count on it.</summary>
    private static int Put(File* file, Kept* kept, byte* bytes, int count, long at)
    {
        var code = kept->Theirs->Write(file, bytes, count, at);
        if (code != Ok)
            kept->Lost = code;
        return code;
    }

    private static Kept* Of(File* file) => (Kept*)file->Methods; // its first field

    /// <summary><c>sqlite3_file</c>, as far as SQLite tells.</summary>
    public struct File
    {
        public Methods* Methods;
    }

    /// <summary><c>sqlite3_io_methods</c>, version 3.</summary>
    public struct Methods
    {
        public int Version;
        public delegate* unmanaged[Cdecl]<File*, int> Close;
        public delegate* unmanaged[Cdecl]<File*, byte*, int, long, int> Read;
        public delegate* unmanaged[Cdecl]<File*, byte*, int, long, int> Write;
        public delegate* unmanaged[Cdecl]<File*, long, int> Truncate;
        public delegate* unmanaged[Cdecl]<File*, int, int> Sync;
        public delegate* unmanaged[Cdecl]<File*, long*, int> FileSize;

        /// <summary>Locks, the file's traits, shared memory and mapped pages: SQLite's own.</summary>
        public Rest Others;

        [InlineArray(12)]
        public struct Rest
        {
            private nint first;
        }
    }

    private struct Kept
    {
        public Methods Methods;
        public Methods* Theirs;
        public byte* Bytes; // put together, and not written yet
        public int Length;
        public long At; // where in the file
        public int Lost; // why some of what was put together could not be written since the last sync
    }
}
