using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Access;

namespace Tokenline.Storage.Management;

internal sealed class SessionStore(IDbContextFactory<ManagementDb> factory) : ISessionStore
{
    public async Task AddAsync(Challenge challenge, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        db.SignInChallenges.Add(
            new SignInChallengeRow
            {
                Id = challenge.Id,
                PhoneNumber = challenge.PhoneNumber,
                PasswordId = challenge.PasswordId,
                AskedAt = challenge.AskedAt,
            }
        );
        await db.SaveChangesAsync(cancellation);
    }

    public async Task<Challenge?> FindChallengeAsync(string id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.SignInChallenges.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellation);
        return row is null ? null : new Challenge(row.Id, row.PhoneNumber, row.PasswordId, row.AskedAt);
    }

    public async Task RemoveChallengeAsync(string id)
    {
        await using var db = await factory.CreateDbContextAsync();
        await db.SignInChallenges.Where(row => row.Id == id).ExecuteDeleteAsync();
    }

    public async Task<long> NoteAsync(
        SignInAttempt attempt,
        string phoneNumber,
        string address,
        DateTimeOffset at,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = new SignInAttemptRow
        {
            Attempt = attempt,
            PhoneNumber = phoneNumber,
            Address = address,
            At = at,
        };
        db.SignInAttempts.Add(row);
        await db.SaveChangesAsync(cancellation);
        return row.Number;
    }

    public async Task TakeBackAsync(long attempt)
    {
        await using var db = await factory.CreateDbContextAsync();
        await db.SignInAttempts.Where(row => row.Number == attempt).ExecuteDeleteAsync();
    }

    public async Task<AttemptCount> CountAsync(
        SignInAttempt attempt,
        string? phoneNumber,
        string? address,
        DateTimeOffset since,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = db.SignInAttempts.AsNoTracking().Where(row => row.Attempt == attempt);
        rows = phoneNumber is not null ? rows.Where(row => row.PhoneNumber == phoneNumber) : rows.Where(row => row.Address == address);
        var times = await rows.Where(row => row.At > since).Select(row => row.At).ToListAsync(cancellation);
        return new(times.Count, times.Count == 0 ? null : times.Min());
    }

    public async Task AddAsync(Session session, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        db.Sessions.Add(
            new SessionRow
            {
                Id = session.Id,
                PhoneNumber = session.PhoneNumber,
                PartyId = session.Customer,
                SecretHash = session.SecretHash,
                CreatedAt = session.CreatedAt,
                SeenAt = session.SeenAt,
                ExpiresAt = session.ExpiresAt,
                EndedAt = session.EndedAt,
                Device = session.Device,
                Address = session.Address,
                PlaygroundKeyId = session.PlaygroundKey,
                OnlyPartyId = session.Only,
            }
        );
        await db.SaveChangesAsync(cancellation);
    }

    public async Task<Session?> FindAsync(string secretHash, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Sessions.AsNoTracking().FirstOrDefaultAsync(row => row.SecretHash == secretHash, cancellation) is { } row
            ? Read(row)
            : null;
    }

    public async Task<IReadOnlyList<Session>> ListAsync(string phoneNumber, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Sessions.AsNoTracking()
            .Where(row => row.PhoneNumber == phoneNumber && row.EndedAt == null)
            .OrderByDescending(row => row.Id)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task SeenAsync(SessionId id, DateTimeOffset at)
    {
        await using var db = await factory.CreateDbContextAsync();
        await db.Sessions.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.SeenAt, at));
    }

    public async Task EndAsync(SessionId id, DateTimeOffset at)
    {
        await using var db = await factory.CreateDbContextAsync();
        await db
            .Sessions.Where(row => row.Id == id && row.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.EndedAt, at));
    }

    public async Task ShowAsync(SessionId id, PartyId customer)
    {
        await using var db = await factory.CreateDbContextAsync();
        await db.Sessions.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.PartyId, customer));
    }

    public async Task KeepKeyAsync(SessionId id, KeyId? key)
    {
        await using var db = await factory.CreateDbContextAsync();
        await db.Sessions.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.PlaygroundKeyId, key));
    }

    public async Task ForgetAsync(DateTimeOffset attemptsBefore, DateTimeOffset sessionsBefore, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db.SignInAttempts.Where(row => row.At < attemptsBefore).ExecuteDeleteAsync(cancellation);
        await db.SignInChallenges.Where(row => row.AskedAt < attemptsBefore).ExecuteDeleteAsync(cancellation);
        await db.Sessions.Where(row => row.CreatedAt < sessionsBefore).ExecuteDeleteAsync(cancellation);
    }

    private static Session Read(SessionRow row) =>
        new(row.Id, row.PhoneNumber, row.PartyId, row.SecretHash, row.CreatedAt, row.SeenAt, row.ExpiresAt, row.Device, row.Address)
        {
            EndedAt = row.EndedAt,
            PlaygroundKey = row.PlaygroundKeyId,
            Only = row.OnlyPartyId,
        };
}
