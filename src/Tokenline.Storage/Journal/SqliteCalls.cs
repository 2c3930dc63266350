using System.Runtime.InteropServices;

namespace Tokenline.Storage.Journal;

/// <summary>
/// The few functions of SQLite that run some forty times for every call, without the handles that SQLitePCLRaw counts and the copies that it asks SQLite for.
/// A statement must not be disposed while it is used, which one thread alone does.
/// </summary>
internal static unsafe partial class SqliteCalls
{
    /// <summary>A text stays where it is until the statement has run.</summary>
    public const nint Static = 0;

    private const string Library = "e_sqlite3"; // the one that SQLitePCLRaw brings

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    [SuppressGCTransition] // as the other binds, which only put a value aside
    public static partial int BindInt64(nint statement, int index, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    [SuppressGCTransition]
    public static partial int BindNull(nint statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    [SuppressGCTransition]
    public static partial int BindText(nint statement, int index, nint text, int bytes, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(nint statement);

    /// <summary>Once, when the journal is opened; SQLitePCLRaw does not have it.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FileControl(nint connection, string database, int operation, out nint answer);

    /// <summary>Once, when the journal is opened: after each commit, tells how many pages the log holds. It takes the place of SQLite's own checkpoints.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_wal_hook")]
    public static partial nint WalHook(nint connection, delegate* unmanaged[Cdecl]<nint, nint, nint, int, int> hook, nint argument);
}
