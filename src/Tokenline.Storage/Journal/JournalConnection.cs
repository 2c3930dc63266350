using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using SQLitePCL;

namespace Tokenline.Storage.Journal;

/// <summary>The journal's own connection to SQLite, on the C API: on the way of every call, a few hundred nanoseconds a statement count.</summary>
internal sealed class JournalConnection : IDisposable
{
    private readonly sqlite3 handle;

    /// <summary>Where <see cref="CountLogPages"/> finds how many pages the log holds: SQLite writes there.</summary>
    private unsafe int* logPages;

    static JournalConnection() => Batteries_V2.Init();

    public JournalConnection(string path)
    {
        const int flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX;
        var code = raw.sqlite3_open_v2(path, out handle, flags, null);
        if (code != raw.SQLITE_OK)
            throw new IOException($"cannot open the charge journal {path}: {raw.sqlite3_errstr(code).utf8_to_string()}");
        raw.sqlite3_busy_timeout(handle, 10_000);
    }

    public void Run(string sql)
    {
        var code = raw.sqlite3_exec(handle, sql);
        if (code != raw.SQLITE_OK)
            throw Failure(code);
    }

    public JournalStatement Prepare(string sql)
    {
        var code = raw.sqlite3_prepare_v2(handle, sql, out var statement);
        return code == raw.SQLITE_OK ? new JournalStatement(this, statement) : throw Failure(code);
    }

    /// <summary>From now on a commit is one write to the log; false where this SQLite cannot be asked for that. Only once the log is open, which it is with the first look at the file.</summary>
    public bool TryCombineWrites()
    {
        const int JournalPointer = 28; // SQLITE_FCNTL_JOURNAL_POINTER: in WAL mode, the log
        var code = SqliteCalls.FileControl(handle.DangerousGetHandle(), "main", JournalPointer, out var log);
        return code == raw.SQLITE_OK && log != 0 && WalWrites.TryCombine(log);
    }

    /// <summary>From now on <see cref="LogPages"/> is known, and SQLite leaves checkpoints to us.</summary>
    public unsafe void CountLogPages()
    {
        logPages = (int*)NativeMemory.AllocZeroed(sizeof(int));
        _ = SqliteCalls.WalHook(handle.DangerousGetHandle(), &Committed, (nint)logPages);

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        static int Committed(nint pages, nint connection, nint database, int count)
        {
            *(int*)pages = count;
            return raw.SQLITE_OK;
        }
    }

    /// <summary>How many pages the log held after the last commit of this connection.</summary>
    public unsafe int LogPages => *logPages;

    /// <summary>For tests, which make commits fail.</summary>
    public sqlite3 Handle => handle;

    /// <summary>Moves what it can from the log to the file and waits for nobody. What it cannot move now, the next one does.</summary>
    public void Checkpoint() => raw.sqlite3_wal_checkpoint_v2(handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);

    public bool InTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    public SqliteFailureException Failure(int code) => new(code, raw.sqlite3_errmsg(handle).utf8_to_string());

    public unsafe void Dispose()
    {
        handle.Dispose();
        NativeMemory.Free(logPages);
    }
}

internal sealed class SqliteFailureException(int code, string message)
    : IOException($"the charge journal failed: {message} (SQLite {code})")
{
    public bool IsConstraint => (code & 0xFF) == raw.SQLITE_CONSTRAINT;
}

/// <summary>A prepared statement. Bind all parameters, then <see cref="Run"/> or <see cref="Ask()"/>.</summary>
internal sealed class JournalStatement(JournalConnection connection, sqlite3_stmt statement) : IDisposable
{
    /// <summary>Bytes of text that one run of a statement usually has.</summary>
    private const int TextsMax = 8192;

    private readonly nint handle = statement.DangerousGetHandle();

    /// <summary>Where SQLite finds the texts until the statement has run, so that it need not copy them before. It does not move.</summary>
    private readonly byte[] texts = GC.AllocateUninitializedArray<byte>(TextsMax, pinned: true);
    private int used;

    public JournalStatement Bind(int index, long value)
    {
        Check(SqliteCalls.BindInt64(handle, index, value));
        return this;
    }

    public JournalStatement BindNull(int index)
    {
        Check(SqliteCalls.BindNull(handle, index));
        return this;
    }

    public JournalStatement Bind(int index, ReadOnlySpan<byte> utf8)
    {
        if (!utf8.TryCopyTo(texts.AsSpan(used)))
            return Copied(index, utf8);
        return Placed(index, utf8.Length);
    }

    public JournalStatement Bind(int index, string text)
    {
        if (!Encoding.UTF8.TryGetBytes(text, texts.AsSpan(used), out var bytes))
            return Copied(index, Encoding.UTF8.GetBytes(text));
        return Placed(index, bytes);
    }

    public void Run()
    {
        var code = SqliteCalls.Step(handle);
        Reset();
        if (code is not (raw.SQLITE_DONE or raw.SQLITE_ROW))
            throw connection.Failure(code);
    }

    /// <summary>The first column of the one row; 0 when it is null or there is none.</summary>
    public long Ask()
    {
        var code = SqliteCalls.Step(handle);
        var answer = code == raw.SQLITE_ROW ? raw.sqlite3_column_int64(statement, 0) : 0;
        Reset();
        return code is raw.SQLITE_DONE or raw.SQLITE_ROW ? answer : throw connection.Failure(code);
    }

    /// <summary>The integers of the one row.</summary>
    public void Ask(Span<long> row)
    {
        var code = SqliteCalls.Step(handle);
        if (code == raw.SQLITE_ROW)
        {
            for (var i = 0; i < row.Length; i++)
                row[i] = raw.sqlite3_column_int64(statement, i);
        }
        Reset();
        if (code != raw.SQLITE_ROW)
            throw connection.Failure(code);
    }

    public void Dispose() => statement.Dispose();

    private JournalStatement Placed(int index, int bytes)
    {
        Check(SqliteCalls.BindText(handle, index, Marshal.UnsafeAddrOfPinnedArrayElement(texts, used), bytes, SqliteCalls.Static));
        used += bytes;
        return this;
    }

    /// <summary>A text that there is no room for: SQLite makes a copy of its own.</summary>
    private JournalStatement Copied(int index, ReadOnlySpan<byte> utf8)
    {
        Check(raw.sqlite3_bind_text(statement, index, utf8));
        return this;
    }

    private void Reset()
    {
        _ = SqliteCalls.Reset(handle); // says again how the step went
        used = 0;
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            throw connection.Failure(code);
    }
}
