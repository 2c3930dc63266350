using Microsoft.AspNetCore.Components;
using Tokenline.Commerce;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Access;

/// <summary>A page for staff, of the operator or of a vendor. Whatever it changes is in the audit log.</summary>
public abstract class StaffPage : SignedInPage
{
    [Inject]
    internal AuditLog Audit { get; set; } = null!;

    /// <summary><see cref="PortalEdge"/> lets nobody else come this far.</summary>
    internal StaffVisitor Staff =>
        Context.Features.Get<StaffVisitor>() ?? throw new InvalidOperationException("the page has no [Needs] of staff");

    /// <summary>Of a vendor's page: whose it is. Nothing of another vendor is shown or changed.</summary>
    internal string Vendor => Staff.Member.Vendor ?? throw new InvalidOperationException("not a vendor's page");

    /// <summary>As the audit log names whoever is at the other end.</summary>
    internal AuditActor Acting => Staff.Acting(Browser.Address(Context));

    /// <summary>An entry of whoever is at the other end; fill in what there is to say.</summary>
    internal AuditDraft Draft(string action, string kind, string id) =>
        new(Acting, action, new AuditSubject(kind, id)) { Vendor = Staff.Member.Vendor };

    /// <summary>Makes a change that its use case does not write down itself: an entry before it, and one with what became of it.</summary>
    internal Task<Outcome<T>> AuditedAsync<T>(AuditDraft draft, Func<Task<Outcome<T>>> change, Func<T, object?>? after = null)
        where T : class => Audit.AroundAsync(draft, change, after);

    /// <summary>This form has looked something up, and leads there: there is nothing for the audit log.</summary>
    internal void ChangedNothing() => StaffEdge.ChangedNothing(Context);
}
