using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Staff;
using Tokenline.Storage.Management;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteAuditStoreTests : AuditStoreContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresAuditStoreTests : AuditStoreContract
{
    private protected override bool IsShared => true;
}

/// <summary>The chain of the audit log and the changes that it is written with, on whichever database.</summary>
public abstract class AuditStoreContract : Databases
{
    private static readonly AuditActor somebody = new(AuditActorKind.ApiKey, "admin", null, "127.0.0.1");

    private static CancellationToken None => CancellationToken.None;

    private AuditLog Log => Get<AuditLog>();

    private IAuditStore Store => Get<IAuditStore>();

    [Fact]
    public async Task Many_who_write_at_once_make_one_chain_without_gaps()
    {
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Log.WriteAsync(Draft($"thing.{i % 3}", $"{i}"))));

        var verified = await Log.VerifyAsync(null, None);
        Assert.Equal((true, 24, 24), (verified.IsWhole, verified.Entries, verified.Head!.Number));
        Assert.Equal(8, (await Log.ListAsync(new AuditQuery { Action = "thing.1" }, null, 100, None)).Count);
        var newest = await Log.ListAsync(new AuditQuery { Action = "thing." }, null, 10, None);
        Assert.Equal(Enumerable.Range(15, 10).Reverse().Select(n => (long)n), newest.Select(entry => entry.Number));
        Assert.Equal(5, (await Log.ListAsync(new AuditQuery(), 6, 100, None)).Count);
    }

    [Fact]
    public async Task What_is_written_comes_back_whole_and_its_hash_with_it()
    {
        var draft = new AuditDraft(
            new(AuditActorKind.Staff, "stf_1", "Ann \0 安", "10.0.0.1"),
            "charge.refund",
            new("charge", new string('x', 300))
        )
        {
            Customer = new PartyId(7),
            Vendor = "zhipu",
            Before = "{\"a\":\"\uD83D\"}",
            After = new string('€', AuditEntry.TextLengthMax + 5),
            Why = "a\u0000b",
        };
        var written = await Log.WriteAsync(draft);
        var read = await Store.FindAsync(written.Number, None);

        Assert.Equal(written, read);
        Assert.True(read!.Follows(0, AuditEntry.Beginning));
        Assert.Equal((256, AuditEntry.TextLengthMax), (read.Draft.On.Id.Length, read.Draft.After!.Length));
    }

    [Fact]
    public async Task The_database_refuses_whatever_would_change_the_past()
    {
        await Log.WriteAsync(Draft("thing.do", "1"));
        await using var db = await Get<IDbContextFactory<ManagementDb>>().CreateDbContextAsync(None);

        await Assert.ThrowsAnyAsync<Exception>(() =>
            db.AuditEntries.ExecuteUpdateAsync(set => set.SetProperty(row => row.Why, "something else"))
        );
        await Assert.ThrowsAnyAsync<Exception>(() => db.AuditEntries.ExecuteDeleteAsync());
        Assert.True((await Log.VerifyAsync(null, None)).IsWhole);
    }

    [Fact]
    public async Task Whoever_gets_round_that_is_found_out()
    {
        for (var i = 1; i <= 5; i++)
            await Log.WriteAsync(Draft("thing.do", $"{i}"));
        var head = (await Log.VerifyAsync(null, None)).Head!;
        await using (var db = await Get<IDbContextFactory<ManagementDb>>().CreateDbContextAsync(None))
        {
            await UnguardAsync(db);
            await db.AuditEntries.Where(row => row.Number == 5).ExecuteDeleteAsync();
            Assert.Null((await Log.VerifyAsync(null, None)).BrokenAt);
            Assert.Equal(5, (await Log.VerifyAsync(head, None)).BrokenAt);

            await db
                .AuditEntries.Where(row => row.Number == 3)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Why, "another reason"));
            var changed = await Log.VerifyAsync(null, None);
            Assert.Equal((3, 2), (changed.BrokenAt, changed.Head!.Number));

            await db.AuditEntries.Where(row => row.Number == 1).ExecuteDeleteAsync();
            Assert.Equal(1, (await Log.VerifyAsync(null, None)).BrokenAt);
        }
    }

    [Fact]
    public async Task A_change_that_another_store_makes_has_an_entry_before_it_and_one_with_its_end()
    {
        var made = await Log.AroundAsync(
            Draft("thing.do", "1") with
            {
                Why = "because",
            },
            async () =>
            {
                Assert.Equal(AuditStage.Begun, (await Store.FindAsync(1, None))!.Draft.Stage);
                return (Outcome<string>)"made";
            },
            value => new { value }
        );
        Assert.Equal("made", made.Value);
        await Log.AroundAsync(Draft("thing.do", "2"), () => Task.FromResult<Outcome<string>>(Refused.NotFound("thing", "2")));
        await Assert.ThrowsAsync<TimeoutException>(() =>
            Log.AroundAsync(Draft("thing.do", "3"), Task<Outcome<string>> () => throw new TimeoutException())
        );

        var all = (await Store.ChainAsync(0, 100, None)).Select(entry => (entry.Draft.Stage, entry.Draft.Of)).ToArray();
        Assert.Equal(
            [
                (AuditStage.Begun, null),
                (AuditStage.Made, 1L),
                (AuditStage.Begun, null),
                (AuditStage.Refused, 3L),
                (AuditStage.Begun, null),
                (AuditStage.Failed, 5L),
            ],
            all
        );
        var endings = await Log.EndingsAsync([1, 3, 5], None);
        Assert.Equal("""{"value":"made"}""", endings[1].Draft.After);
        Assert.StartsWith("not_found: ", endings[3].Draft.Why);
    }

    [Fact]
    public async Task A_member_of_staff_and_the_entry_are_one_transaction()
    {
        var desk = Get<StaffDesk>();
        var ann = (await desk.AddAsync("+8613900000201", "Ann", [StaffRole.Support], null, somebody, "new here", None)).Required();
        Assert.Equal(ann, await desk.FindAsync("+8613900000201", None));

        // Nobody is staff twice at a time, and the refused attempt leaves nothing.
        var again = await desk.AddAsync("+8613900000201", "Ann", [StaffRole.Finance], null, somebody, null, None);
        Assert.Equal(Problems.Conflict, again.Refused!.Problem);
        await desk.ChangeAsync(ann.Id, "Ann B.", [StaffRole.Support, StaffRole.Finance, StaffRole.Support], somebody, null, None);
        await desk.RemoveAsync(ann.Id, somebody, "left", None);
        await desk.RemoveAsync(ann.Id, somebody, "left", None);
        Assert.Null(await desk.FindAsync("+8613900000201", None));
        var back = (await desk.AddAsync("+8613900000201", "Ann", [StaffRole.Support], null, somebody, null, None)).Required();

        Assert.Equal([back.Id, ann.Id], (await desk.ListAsync(null, None)).Select(member => member.Id));
        var log = await Store.ChainAsync(0, 100, None);
        Assert.Equal(["staff.add", "staff.change", "staff.remove", "staff.add"], log.Select(entry => entry.Draft.Action));
        Assert.Contains("\"roles\":[\"finance\",\"support\"]", log[1].Draft.After);
        Assert.Contains("\"name\":\"Ann\"", log[1].Draft.Before);
        Assert.True((await Log.VerifyAsync(null, None)).IsWhole);
    }

    private static AuditDraft Draft(string action, string id) => new(somebody, action, new("thing", id));

    /// <summary>What only the database's owner can do.</summary>
    private async Task UnguardAsync(ManagementDb db)
    {
        string[] statements = IsShared
            ? ["ALTER TABLE management.audit_entry DISABLE TRIGGER ALL"]
            : ["DROP TRIGGER audit_entry_no_update", "DROP TRIGGER audit_entry_no_delete"];
        foreach (var statement in statements)
            await db.Database.ExecuteSqlRawAsync(statement, None);
    }
}
