using Tokenline.Commerce.AuditTrail;

namespace Tokenline.Commerce.Staff;

/// <summary>Keeps staff. Every change carries its entry of the audit log, and both are one transaction.</summary>
public interface IStaffStore
{
    /// <summary>Also one who has left.</summary>
    Task<StaffMember?> FindAsync(StaffId id, CancellationToken cancellation);

    /// <summary>Whoever is at work and has this number.</summary>
    Task<StaffMember?> FindAsync(string phoneNumber, CancellationToken cancellation);

    /// <summary>In the order they came, those who have left last.</summary>
    /// <param name="vendor">Only of this vendor; null: all.</param>
    Task<IReadOnlyList<StaffMember>> ListAsync(string? vendor, CancellationToken cancellation);

    /// <summary>False: the number is somebody's already.</summary>
    Task<bool> AddAsync(StaffMember member, AuditDraft entry);

    /// <summary>Name, roles and the end. False: not there, or left meanwhile.</summary>
    Task<bool> ChangeAsync(StaffMember member, AuditDraft entry);
}
