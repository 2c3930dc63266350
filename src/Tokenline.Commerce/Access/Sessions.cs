using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Access;

/// <summary>Beginning, finding and ending sessions.</summary>
public sealed class Sessions(ISessionStore store, ICustomerStore customers, IdSource ids, TimeProvider time)
{
    public static readonly TimeSpan OldestMax = TimeSpan.FromDays(30);
    public static readonly TimeSpan UnusedMax = TimeSpan.FromDays(7);

    /// <summary>That a session is used is written down at most so often.</summary>
    private static readonly TimeSpan seenEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan attemptsKept = TimeSpan.FromDays(1);

    public async Task<NewSession> BeginAsync(Customer customer, string device, string address)
    {
        var (secret, now) = (Session.NewSecret(), time.GetUtcNow());
        var session = new Session(
            ids.Next<SessionKind>(),
            customer.PhoneNumber,
            customer.Id,
            Session.HashOf(secret),
            now,
            now,
            now + OldestMax,
            Cut(device, Session.DeviceLengthMax),
            Cut(address, Session.AddressLengthMax)
        );
        await store.AddAsync(session, CancellationToken.None);
        await store.ForgetAsync(now - attemptsKept, now - OldestMax - UnusedMax, CancellationToken.None);
        return new NewSession(session, secret);
    }

    /// <summary>Who asks, and for whom; null: nobody who is signed in.</summary>
    public async Task<Visitor?> FindAsync(string? secret, CancellationToken cancellation)
    {
        if (secret is not { Length: > 0 and <= 128 })
            return null;
        var now = time.GetUtcNow();
        if (await store.FindAsync(Session.HashOf(secret), cancellation) is not { } session || !session.IsOpen(now))
            return null;
        if (now - session.SeenAt >= seenEvery)
            await store.SeenAsync(session.Id, now);
        // Asked for with every request: a role that was taken back, or a number that moved, opens nothing any more.
        return await customers.FindAsync(session.Customer, cancellation) is { } customer && customer.PhoneNumber == session.PhoneNumber
            ? new Visitor(session, customer, Role.Owner)
            : null;
    }

    public async Task<IReadOnlyList<Session>> ListAsync(string phoneNumber, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        return [.. (await store.ListAsync(phoneNumber, cancellation)).Where(session => session.IsOpen(now))];
    }

    /// <summary>Only the person's own. Ending again changes nothing.</summary>
    public async Task<Outcome<Session>> EndAsync(string phoneNumber, SessionId id, CancellationToken cancellation)
    {
        if ((await store.ListAsync(phoneNumber, cancellation)).FirstOrDefault(known => known.Id == id) is not { } session)
            return Refused.NotFound("session", id.ToString());
        var now = time.GetUtcNow();
        await store.EndAsync(id, now);
        return session with { EndedAt = now };
    }

    public Task KeepKeyAsync(Session session, KeyId? key) => store.KeepKeyAsync(session.Id, key);

    private static string Cut(string text, int lengthMax) => text.Length <= lengthMax ? text : text[..lengthMax];
}

/// <summary>Whoever is at the other end: who, for which customer, as what.</summary>
public sealed record Visitor(Session Session, Customer Customer, Role Role)
{
    public bool May(Right right) => Permissions.Allow(Role, right);
}
