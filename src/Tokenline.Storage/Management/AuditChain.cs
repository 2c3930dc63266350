using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.AuditTrail;

namespace Tokenline.Storage.Management;

/// <summary>Appends to the audit log within a transaction, and keeps everybody from doing anything else to it.</summary>
internal static class AuditChain
{
    /// <summary>Of the advisory lock under which a node of a cluster appends.</summary>
    private const long Lock = 0x746f6b656e617564;

    /// <summary>In the transaction of the change that it is about; it must be open. The caller saves. On SQLite the transaction is the only writer from its beginning; on PostgreSQL a lock is held until its end.</summary>
    public static async Task<AuditEntry> WriteAsync(this ManagementDb db, AuditDraft draft, DateTimeOffset at)
    {
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("an entry of the audit log is written in a transaction");
        if (db.Database.IsNpgsql())
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Lock})");
        var last = await db.AuditEntries.AsNoTracking().OrderByDescending(row => row.Number).FirstOrDefaultAsync();
        var entry = AuditEntry.After(last is null ? null : AuditStore.Read(last), draft, at);
        db.AuditEntries.Add(AuditStore.RowOf(entry));
        AuditTally.Note();
        return entry;
    }

    /// <summary>Triggers that refuse what would change the past. Made anew whenever they are missing: a migration that rebuilds the table drops them.</summary>
    public static async Task GuardAsync(this ManagementDb db, CancellationToken cancellation)
    {
        foreach (var statement in db.Database.IsNpgsql() ? postgres : sqlite)
            await db.Database.ExecuteSqlRawAsync(statement, cancellation);
    }

    private static readonly string[] sqlite =
    [
        "CREATE TRIGGER IF NOT EXISTS audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END",
        "CREATE TRIGGER IF NOT EXISTS audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END",
    ];

    private static readonly string[] postgres =
    [
        """
            CREATE OR REPLACE FUNCTION management.audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'the audit log is only appended to'; END $$
            """,
        """
            DO $$ BEGIN
              IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'audit_entry_no_change' AND tgrelid = 'management.audit_entry'::regclass) THEN
                CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON management.audit_entry
                  FOR EACH ROW EXECUTE FUNCTION management.audit_entry_refuse();
              END IF;
              IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'audit_entry_no_truncate' AND tgrelid = 'management.audit_entry'::regclass) THEN
                CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON management.audit_entry
                  FOR EACH STATEMENT EXECUTE FUNCTION management.audit_entry_refuse();
              END IF;
            END $$
            """,
    ];
}
