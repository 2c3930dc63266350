using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteSessionStoreTests : SessionStoreContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresSessionStoreTests : SessionStoreContract
{
    private protected override bool IsShared => true;
}

/// <summary>What is kept of those who sign in, on whichever database.</summary>
public abstract class SessionStoreContract : Databases
{
    private static CancellationToken None => CancellationToken.None;

    private ISessionStore Store => Get<ISessionStore>();

    [Fact]
    public async Task A_session_is_found_by_its_hash_and_changes_one_thing_at_a_time()
    {
        var customer = await world.NewCustomerAsync();
        var session = SessionOf(customer, "one");
        await Store.AddAsync(session, None);
        Assert.Equal(session, await Store.FindAsync(session.SecretHash, None));

        // That it was seen does not open it again, and its end stays the first.
        await Store.EndAsync(session.Id, World.Start.AddMinutes(1));
        await Store.SeenAsync(session.Id, World.Start.AddMinutes(2));
        await Store.EndAsync(session.Id, World.Start.AddMinutes(3));
        await Store.KeepKeyAsync(session.Id, new KeyId(7));
        var read = await Store.FindAsync(session.SecretHash, None);

        Assert.Equal(
            session with
            {
                EndedAt = World.Start.AddMinutes(1),
                SeenAt = World.Start.AddMinutes(2),
                PlaygroundKey = new KeyId(7),
            },
            read
        );
        Assert.Empty(await Store.ListAsync(customer.PhoneNumber, None));
        Assert.Null(await Store.FindAsync(Session.HashOf("another"), None));
    }

    [Fact]
    public async Task Attempts_are_counted_by_number_and_by_address_within_a_time_and_may_be_taken_back()
    {
        var at = World.Start;
        await Store.NoteAsync(SignInAttempt.Wrong, "+8613900000011", "10.0.0.1", at, None);
        await Store.NoteAsync(SignInAttempt.Wrong, "+8613900000011", "10.0.0.2", at.AddMinutes(1), None);
        var last = await Store.NoteAsync(SignInAttempt.Wrong, "+8613900000012", "10.0.0.2", at.AddMinutes(2), None);
        await Store.NoteAsync(SignInAttempt.Code, "+8613900000011", "10.0.0.1", at.AddMinutes(2), None);

        Assert.Equal(new(2, at), await Store.CountAsync(SignInAttempt.Wrong, "+8613900000011", null, at.AddMinutes(-1), None));
        Assert.Equal(new(1, at.AddMinutes(1)), await Store.CountAsync(SignInAttempt.Wrong, "+8613900000011", null, at, None));
        Assert.Equal(2, (await Store.CountAsync(SignInAttempt.Wrong, null, "10.0.0.2", at.AddMinutes(-1), None)).Count);
        await Store.TakeBackAsync(last);
        Assert.Equal(1, (await Store.CountAsync(SignInAttempt.Wrong, null, "10.0.0.2", at.AddMinutes(-1), None)).Count);
        Assert.Equal(new(0, null), await Store.CountAsync(SignInAttempt.Wrong, "+8613900000012", null, at.AddMinutes(-1), None));
    }

    [Fact]
    public async Task A_challenge_is_there_until_it_is_removed_and_what_is_old_is_forgotten()
    {
        var customer = await world.NewCustomerAsync();
        var (kept, gone) = (
            new Challenge("kept", "+8613900000013", "p1", World.Start),
            new Challenge("gone", "+8613900000013", "p2", World.Start)
        );
        await Store.AddAsync(kept, None);
        await Store.AddAsync(gone, None);
        await Store.RemoveChallengeAsync("gone");
        Assert.Equal(kept, await Store.FindChallengeAsync("kept", None));
        Assert.Null(await Store.FindChallengeAsync("gone", None));

        var (old, young) = (SessionOf(customer, "old"), SessionOf(customer, "young") with { CreatedAt = World.Start.AddDays(2) });
        await Store.AddAsync(old, None);
        await Store.AddAsync(young, None);
        await Store.ForgetAsync(World.Start.AddDays(1), World.Start.AddDays(1), None);

        Assert.Null(await Store.FindChallengeAsync("kept", None));
        Assert.Equal(young, Assert.Single(await Store.ListAsync(customer.PhoneNumber, None)));
    }

    private Session SessionOf(Customer customer, string secret) =>
        new(
            Get<IdSource>().Next<SessionKind>(),
            customer.PhoneNumber,
            customer.Id,
            Session.HashOf(secret),
            World.Start,
            World.Start,
            World.Start.AddDays(30),
            "Chrome",
            "127.0.0.1"
        );
}
