using Tokenline.Commerce.Access;
using Tokenline.Commerce.AuditTrail;

namespace Tokenline.Commerce.Staff;

/// <summary>Somebody who works for the operator or for a vendor.</summary>
/// <param name="PhoneNumber">Who signs in (E.164).</param>
/// <param name="Roles">At least one, all of the same side, each once, in the order of the enumeration.</param>
/// <param name="Vendor">Whose person it is; null: the operator's.</param>
/// <param name="EndedAt">When it was removed; null: at work.</param>
public sealed record StaffMember(
    StaffId Id,
    string PhoneNumber,
    string Name,
    IReadOnlyList<StaffRole> Roles,
    string? Vendor,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt = null
)
{
    public const int NameLengthMax = 64;

    public bool May(StaffRight right) => EndedAt is null && Roles.Any(role => StaffRights.Has(role, right));

    public bool Equals(StaffMember? other) =>
        other is not null
        && (Id, PhoneNumber, Name, Vendor, CreatedAt, EndedAt)
            == (other.Id, other.PhoneNumber, other.Name, other.Vendor, other.CreatedAt, other.EndedAt)
        && Roles.SequenceEqual(other.Roles);

    public override int GetHashCode() => Id.GetHashCode();
}

/// <summary>A member of staff who is signed in. May be a subscriber as well, and then changes over to the own console.</summary>
public sealed record StaffVisitor(Session Session, StaffMember Member)
{
    public bool May(StaffRight right) => Member.May(right);

    /// <summary>As the audit log names whoever it is.</summary>
    /// <param name="address">Where the request came from.</param>
    public AuditActor Acting(string? address) => new(AuditActorKind.Staff, Member.Id.ToString(), Member.Name, address);
}
