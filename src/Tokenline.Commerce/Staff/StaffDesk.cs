using Tokenline.Commerce.Access;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Staff;

/// <summary>Adding, changing and removing staff; each is in the audit log. One change at a time.</summary>
public sealed class StaffDesk(IStaffStore store, ICatalogStore catalogue, Sessions sessions, ITurns turns, IdSource ids, TimeProvider time)
{
    private const string Subject = "staff";

    /// <summary>Whoever is at work and has this number; null: nobody of staff.</summary>
    public Task<StaffMember?> FindAsync(string phoneNumber, CancellationToken cancellation) => store.FindAsync(phoneNumber, cancellation);

    public async Task<Outcome<StaffMember>> FindAsync(StaffId id, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation) is { } found ? found : Refused.NotFound("member of staff", id.ToString());

    /// <summary>In the order they came, those who have left last.</summary>
    /// <param name="vendor">Only of this vendor; null: all.</param>
    public Task<IReadOnlyList<StaffMember>> ListAsync(string? vendor, CancellationToken cancellation) =>
        store.ListAsync(vendor, cancellation);

    /// <param name="vendor">Whose person it is; null: the operator's.</param>
    public async Task<Outcome<StaffMember>> AddAsync(
        string? phoneNumber,
        string? name,
        IReadOnlyCollection<StaffRole> roles,
        string? vendor,
        AuditActor by,
        string? why,
        CancellationToken cancellation
    )
    {
        if (!Customer.IsPhoneNumber(phoneNumber))
            return Refused.Invalid("phoneNumber", "A phone number has a plus sign, the country code and 8 to 15 digits.");
        if (WhatIsWrong(name, roles, vendor) is { } wrong)
            return wrong;
        if (vendor is not null && (await catalogue.LoadAsync(cancellation)).Vendors.All(known => known.Id != vendor))
            return Refused.NotFound("vendor", vendor) with { Param = "vendor" };
        await using var _ = await turns.TakeAsync(Turns.Staff, cancellation);
        var made = new StaffMember(ids.Next<StaffKind>(), phoneNumber!, name!.Trim(), InOrder(roles), vendor, time.GetUtcNow());
        var entry = Entry("staff.add", made, by, why) with { After = AuditJson.Of(made) };
        return await store.AddAsync(made, entry)
            ? made
            : new Refused(Problems.Conflict, $"{phoneNumber} is a member of staff already.", "phoneNumber");
    }

    /// <param name="name">Null: as it is.</param>
    /// <param name="roles">Null: as they are.</param>
    public async Task<Outcome<StaffMember>> ChangeAsync(
        StaffId id,
        string? name,
        IReadOnlyCollection<StaffRole>? roles,
        AuditActor by,
        string? why,
        CancellationToken cancellation
    )
    {
        await using var _ = await turns.TakeAsync(Turns.Staff, cancellation);
        var found = await FindAsync(id, cancellation);
        if (found.Value is not { } before)
            return found.Refused!;
        if (before.EndedAt is not null)
            return Left(before);
        if (WhatIsWrong(name ?? before.Name, roles ?? before.Roles, before.Vendor) is { } wrong)
            return wrong;
        var after = before with { Name = (name ?? before.Name).Trim(), Roles = InOrder(roles ?? before.Roles) };
        if (after == before)
            return before;
        if (await WhyNotAsync(before, after, by, cancellation) is { } not)
            return not;
        var entry = Entry("staff.change", after, by, why) with { Before = AuditJson.Of(before), After = AuditJson.Of(after) };
        return await store.ChangeAsync(after, entry) ? after : Left(before);
    }

    /// <summary>Opens nothing from the answer on, and is signed out everywhere. Removed again nothing changes.</summary>
    public async Task<Outcome<StaffMember>> RemoveAsync(StaffId id, AuditActor by, string? why, CancellationToken cancellation)
    {
        await using var _ = await turns.TakeAsync(Turns.Staff, cancellation);
        var found = await FindAsync(id, cancellation);
        if (found.Value is not { EndedAt: null } before)
            return found;
        var after = before with { EndedAt = time.GetUtcNow() };
        if (await WhyNotAsync(before, after, by, cancellation) is { } not)
            return not;
        var entry = Entry("staff.remove", after, by, why) with { Before = AuditJson.Of(before), After = AuditJson.Of(after) };
        await store.ChangeAsync(after, entry);
        await sessions.EndAllAsync(before.PhoneNumber, CancellationToken.None);
        return after;
    }

    /// <summary>Nobody locks oneself out, or leaves an operator or a vendor without whoever may bring in others. Null: it may be done.</summary>
    private async Task<Refused?> WhyNotAsync(StaffMember before, StaffMember after, AuditActor by, CancellationToken cancellation)
    {
        if (by.Kind != AuditActorKind.Staff || !IsAdministrator(before) || IsAdministrator(after))
            return null;
        if (by.Id == before.Id.ToString())
            return new Refused(Problems.WrongState, "Another administrator has to take this role from you.");
        return (await store.ListAsync(before.Vendor, cancellation)).Any(other =>
            other.Id != before.Id && other.Vendor == before.Vendor && IsAdministrator(other)
        )
            ? null
            : new Refused(Problems.WrongState, $"{before.Name} is the last administrator.");
    }

    private static bool IsAdministrator(StaffMember member) =>
        member.EndedAt is null && member.Roles.Any(role => role is StaffRole.Administrator or StaffRole.VendorAdministrator);

    private static Refused? WhatIsWrong(string? name, IReadOnlyCollection<StaffRole> roles, string? vendor)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Trim().Length > StaffMember.NameLengthMax || name.Any(char.IsControl))
            return Refused.Invalid("name", $"A name has 1 to {StaffMember.NameLengthMax} characters.");
        if (roles.Count == 0 || roles.Any(role => !Enum.IsDefined(role)))
            return Refused.Invalid("roles", "At least one role is expected.");
        return roles.FirstOrDefault(role => role.IsOfVendor() != vendor is not null) is var other && other != default
            ? Refused.Invalid(
                "roles",
                vendor is null ? $"{other} is a role of a vendor's people." : $"{other} is a role of the operator's people."
            )
            : null;
    }

    private static StaffRole[] InOrder(IReadOnlyCollection<StaffRole> roles) => [.. roles.Distinct().Order()];

    private static AuditDraft Entry(string action, StaffMember member, AuditActor by, string? why) =>
        new(by, action, new AuditSubject(Subject, member.Id.ToString())) { Vendor = member.Vendor, Why = why };

    private static Refused Left(StaffMember member) => new(Problems.WrongState, $"{member.Name} has left.");
}
