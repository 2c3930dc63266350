using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Staff;

namespace Tokenline.Commerce.Access;

/// <summary>Whoever is signed in: a subscriber, a member of staff, or both.</summary>
public sealed record SignedIn(Session Session, Visitor? Visitor, StaffVisitor? Staff);

/// <summary>Beginning, finding and ending sessions.</summary>
public sealed class Sessions(ISessionStore store, Members members, IStaffStore staff, IdSource ids, TimeProvider time)
{
    public static readonly TimeSpan OldestMax = TimeSpan.FromDays(30);
    public static readonly TimeSpan UnusedMax = TimeSpan.FromDays(7);

    /// <summary>Of whoever is staff: a working day, and half an hour away from the screen.</summary>
    public static readonly TimeSpan StaffOldestMax = TimeSpan.FromHours(12);
    public static readonly TimeSpan StaffUnusedMax = TimeSpan.FromMinutes(30);

    /// <summary>That a session is used is written down at most so often.</summary>
    private static readonly TimeSpan seenEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan attemptsKept = TimeSpan.FromDays(1);

    /// <param name="isOnly">Of no other customer anything may be seen or done: it was this one's identity provider that said who it is.</param>
    public async Task<NewSession> BeginAsync(string phoneNumber, PartyId? customer, string device, string address, bool isOnly = false)
    {
        var (secret, now) = (Session.NewSecret(), time.GetUtcNow());
        var session = new Session(
            ids.Next<SessionKind>(),
            phoneNumber,
            customer,
            Session.HashOf(secret),
            now,
            now,
            now + OldestMax,
            Cut(device, Session.DeviceLengthMax),
            Cut(address, Session.AddressLengthMax)
        )
        {
            Only = isOnly ? customer : null,
        };
        await store.AddAsync(session, CancellationToken.None);
        await store.ForgetAsync(now - attemptsKept, now - OldestMax - UnusedMax, CancellationToken.None);
        return new NewSession(session, secret);
    }

    /// <summary>The subscriber who asks, and for whom; null: nobody who is one and signed in.</summary>
    public async Task<Visitor?> FindAsync(string? secret, CancellationToken cancellation) =>
        (await LookAsync(secret, cancellation))?.Visitor;

    /// <summary>Who asks; null: nobody who is signed in.</summary>
    /// <param name="isUse">Somebody is there; false: a page that was left open asks by itself, and the session gets no older by it.</param>
    public async Task<SignedIn?> LookAsync(string? secret, CancellationToken cancellation, bool isUse = true)
    {
        if (secret is not { Length: > 0 and <= 128 })
            return null;
        var now = time.GetUtcNow();
        if (await store.FindAsync(Session.HashOf(secret), cancellation) is not { } session || !session.IsOpen(now, isStaff: false))
            return null;
        // Asked for with every request: a role that was taken back opens nothing any more, and the person's own console is shown again.
        // A customer's identity provider speaks for its own members: nobody is staff by it.
        var member = session.Only is null ? await staff.FindAsync(session.PhoneNumber, cancellation) : null;
        if (!session.IsOpen(now, member is not null))
            return null;
        if (isUse && now - session.SeenAt >= seenEvery)
            await store.SeenAsync(session.Id, now);
        var of = await OfAsync(session, cancellation);
        var shown = of.FirstOrDefault(one => one.Customer.Id == session.Customer) ?? Own(of);
        return member is null && shown is null
            ? null
            : new SignedIn(
                session,
                shown is null ? null : new Visitor(session, shown.Customer, shown.Membership, of),
                member is null ? null : new StaffVisitor(session, member)
            );
    }

    public async Task<IReadOnlyList<Session>> ListAsync(string phoneNumber, CancellationToken cancellation)
    {
        var (now, isStaff) = (time.GetUtcNow(), await staff.FindAsync(phoneNumber, cancellation) is not null);
        return [.. (await store.ListAsync(phoneNumber, cancellation)).Where(session => session.IsOpen(now, isStaff))];
    }

    /// <summary>Those that this one may see and end: one that is a customer's alone sees nothing of the person's others.</summary>
    public async Task<IReadOnlyList<Session>> ListAsync(Session by, CancellationToken cancellation) =>
        [.. (await ListAsync(by.PhoneNumber, cancellation)).Where(other => by.Only is null || by.Only == other.Only)];

    /// <summary>Only the person's own. Ending again changes nothing.</summary>
    public async Task<Outcome<Session>> EndAsync(string phoneNumber, SessionId id, CancellationToken cancellation)
    {
        if ((await store.ListAsync(phoneNumber, cancellation)).FirstOrDefault(known => known.Id == id) is not { } session)
            return Refused.NotFound("session", id.ToString());
        var now = time.GetUtcNow();
        await store.EndAsync(id, now);
        return session with { EndedAt = now };
    }

    /// <summary>All of a person's: whoever is removed is signed out everywhere.</summary>
    public async Task EndAllAsync(string phoneNumber, CancellationToken cancellation)
    {
        foreach (var session in await store.ListAsync(phoneNumber, cancellation))
            await store.EndAsync(session.Id, time.GetUtcNow());
    }

    /// <summary>Shows the console of another customer that the person belongs to.</summary>
    public async Task<Outcome<Session>> ShowAsync(Session session, PartyId customer, CancellationToken cancellation)
    {
        if ((await OfAsync(session, cancellation)).All(one => one.Customer.Id != customer))
            return Refused.NotFound("customer", customer.ToString());
        await store.ShowAsync(session.Id, customer);
        return session with { Customer = customer };
    }

    /// <summary>The customer that is shown first: one's own, else the oldest that one belongs to.</summary>
    public static CustomerOf? Own(IReadOnlyList<CustomerOf> of) =>
        of.FirstOrDefault(one => one is { Customer.Type: CustomerType.Individual, Membership.Role: MemberRole.Owner })
        ?? (of.Count > 0 ? of[0] : null);

    private async Task<IReadOnlyList<CustomerOf>> OfAsync(Session session, CancellationToken cancellation)
    {
        var of = await members.OfAsync(session.PhoneNumber, cancellation);
        return session.Only is { } only ? [.. of.Where(one => one.Customer.Id == only)] : of;
    }

    public Task KeepKeyAsync(Session session, KeyId? key) => store.KeepKeyAsync(session.Id, key);

    private static string Cut(string text, int lengthMax) => text.Length <= lengthMax ? text : text[..lengthMax];
}
