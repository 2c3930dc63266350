using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Parties;

namespace Tokenline.Storage.Management;

internal sealed class MemberStore(IDbContextFactory<ManagementDb> factory) : IMemberStore
{
    public async Task<Individual?> FindIndividualAsync(string phoneNumber, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Individuals.AsNoTracking().FirstOrDefaultAsync(known => known.PhoneNumber == phoneNumber, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<Member?> FindAsync(MembershipId id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await MembersAsync(db, rows => rows.Where(row => row.Id == id), cancellation) is [var found] ? found : null;
    }

    public async Task<IReadOnlyList<Member>> ListAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await MembersAsync(db, rows => rows.Where(row => row.PartyId == customer), cancellation);
    }

    public async Task<IReadOnlyList<Membership>> OfIndividualAsync(IndividualId individual, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .PartyRoles.AsNoTracking()
            .Where(row => row.IndividualId == individual && row.Until == null)
            .OrderBy(row => row.Id)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<int> CountAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.PartyRoles.CountAsync(row => row.PartyId == customer && row.Until == null, cancellation);
    }

    public async Task<bool> SetRoleAsync(Membership changed, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db
                .PartyRoles.Where(row => row.Id == changed.Id && row.Until == null)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.Role, changed.Role).SetProperty(row => row.DepartmentId, changed.Department),
                    cancellation
                ) == 1;
    }

    public async Task<bool> CloseAsync(Membership closed, IReadOnlyCollection<KeyId> keys, AccountId account, AccountCommand? command)
    {
        await using var db = await factory.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var isMade = await db
            .PartyRoles.Where(row => row.Id == closed.Id && row.Until == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Until, closed.Until).SetProperty(row => row.EndReason, closed.EndReason));
        if (isMade == 0)
            return false;
        if (keys.Count > 0)
        {
            var version = await db.RaiseAsync(ConfigurationAreas.Keys, CancellationToken.None);
            await db
                .Keys.Where(row => keys.Contains(row.Id) && row.RevokedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.RevokedAt, closed.Until).SetProperty(row => row.Changed, version));
        }
        if (command is not null)
            db.Outbox.Add(OutboxStore.RowOf(account, command, closed.Until!.Value));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }

    public async Task<bool> InviteAsync(Invitation invitation, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db
            .Invitations.Where(row =>
                row.PartyId == invitation.Customer
                && row.PhoneNumber == invitation.PhoneNumber
                && row.State == InvitationState.Pending
                && row.ExpiresAt <= now
            )
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, InvitationState.Expired).SetProperty(row => row.EndedAt, row => row.ExpiresAt),
                cancellation
            );
        db.Invitations.Add(RowOf(invitation));
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return false;
        }
        await transaction.CommitAsync(cancellation);
        return true;
    }

    public async Task<Invitation?> FindInvitationAsync(InvitationId id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Invitations.AsNoTracking().FirstOrDefaultAsync(known => known.Id == id, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<IReadOnlyList<Invitation>> InvitationsAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Invitations.AsNoTracking()
            .Where(row => row.PartyId == customer)
            .OrderByDescending(row => row.Id)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<IReadOnlyList<Invitation>> InvitationsAsync(string phoneNumber, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await Waiting(db, now)
            .AsNoTracking()
            .Where(row => row.PhoneNumber == phoneNumber)
            .OrderByDescending(row => row.Id)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<int> CountInvitationsAsync(PartyId customer, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await Waiting(db, now).CountAsync(row => row.PartyId == customer, cancellation);
    }

    public async Task<bool> ChangeInvitationAsync(Invitation changed)
    {
        await using var db = await factory.CreateDbContextAsync();
        return await ChangeAsync(db, changed);
    }

    public async Task<Member?> AcceptAsync(
        Invitation accepted,
        Individual individual,
        Membership membership,
        AccountId account,
        AccountCommand node
    )
    {
        for (var again = false; ; again = true)
        {
            await using var db = await factory.CreateDbContextAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            if (!await ChangeAsync(db, accepted))
                return null;
            var person = await PersonAsync(db, individual, CancellationToken.None);
            var joined = membership with { Individual = person.Id };
            db.PartyRoles.Add(RowOf(joined));
            db.Outbox.Add(OutboxStore.RowOf(account, node, membership.From));
            try
            {
                await db.SaveChangesAsync();
            }
            catch (DbUpdateException e) when (e.IsUniqueViolation())
            {
                // The person was added elsewhere meanwhile; or is a member already, and stays one.
                if (again)
                    return null;
                continue;
            }
            await transaction.CommitAsync();
            return new(joined, Read(person));
        }
    }

    /// <summary>The one who is known by the number, or this one, added.</summary>
    internal static async Task<IndividualRow> PersonAsync(ManagementDb db, Individual individual, CancellationToken cancellation)
    {
        if (await db.Individuals.FirstOrDefaultAsync(row => row.PhoneNumber == individual.PhoneNumber, cancellation) is { } known)
            return known;
        var row = new IndividualRow
        {
            Id = individual.Id,
            PhoneNumber = individual.PhoneNumber,
            Name = individual.Name,
            CreatedAt = individual.CreatedAt,
        };
        db.Individuals.Add(row);
        return row;
    }

    internal static PartyRoleRow RowOf(Membership membership) =>
        new()
        {
            Id = membership.Id,
            PartyId = membership.Customer,
            IndividualId = membership.Individual,
            Role = membership.Role,
            From = membership.From,
            AllotmentId = membership.Allotment,
            DepartmentId = membership.Department,
            Until = membership.Until,
            EndReason = membership.EndReason,
        };

    private static async Task<IReadOnlyList<Member>> MembersAsync(
        ManagementDb db,
        Func<IQueryable<PartyRoleRow>, IQueryable<PartyRoleRow>> where,
        CancellationToken cancellation
    )
    {
        var rows = await where(db.PartyRoles.AsNoTracking())
            .OrderBy(row => row.Id)
            .Join(db.Individuals, role => role.IndividualId, person => person.Id, (role, person) => new { Role = role, Person = person })
            .ToListAsync(cancellation);
        return [.. rows.OrderBy(row => row.Role.Id.Value).Select(row => new Member(Read(row.Role), Read(row.Person)))];
    }

    private static IQueryable<InvitationRow> Waiting(ManagementDb db, DateTimeOffset now) =>
        db.Invitations.Where(row => row.State == InvitationState.Pending && row.ExpiresAt > now);

    private static async Task<bool> ChangeAsync(ManagementDb db, Invitation changed) =>
        await db
            .Invitations.Where(row => row.Id == changed.Id && row.State == InvitationState.Pending)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(row => row.State, changed.State)
                    .SetProperty(row => row.Authentication, changed.Authentication)
                    .SetProperty(row => row.SentAt, changed.SentAt)
                    .SetProperty(row => row.Sent, changed.Sent)
                    .SetProperty(row => row.EndedAt, changed.EndedAt)
                    .SetProperty(row => row.MembershipId, changed.Membership)
            ) == 1;

    private static InvitationRow RowOf(Invitation invitation) =>
        new()
        {
            Id = invitation.Id,
            PartyId = invitation.Customer,
            PhoneNumber = invitation.PhoneNumber,
            Terms = JsonSerializer.Serialize(invitation.Terms, CommerceJson.Options),
            State = invitation.State,
            CreatedAt = invitation.CreatedAt,
            ExpiresAt = invitation.ExpiresAt,
            Authentication = invitation.Authentication,
            SentAt = invitation.SentAt,
            Sent = invitation.Sent,
            ById = invitation.By,
            EndedAt = invitation.EndedAt,
            MembershipId = invitation.Membership,
        };

    private static Individual Read(IndividualRow row) => new(row.Id, row.PhoneNumber, row.Name, row.CreatedAt);

    private static Membership Read(PartyRoleRow row) =>
        new(row.Id, row.PartyId, row.IndividualId, row.Role, row.From, row.AllotmentId, row.DepartmentId, row.Until, row.EndReason);

    private static Invitation Read(InvitationRow row) =>
        new(
            row.Id,
            row.PartyId,
            row.PhoneNumber,
            JsonSerializer.Deserialize<MemberTerms>(row.Terms, CommerceJson.Options)
                ?? throw new JsonException($"invitation {row.Id} says nothing"),
            row.State,
            row.CreatedAt,
            row.ExpiresAt,
            row.Authentication,
            row.SentAt,
            row.Sent,
            row.ById,
            row.EndedAt,
            row.MembershipId
        );
}
