using Tokenline.Commerce.Access;
using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Access;

/// <summary>On a page or an endpoint: only for those who are signed in, and, where a right is named, have it. Checked by <see cref="PortalEdge"/> before anything runs.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute : Attribute
{
    public NeedsAttribute() { }

    public NeedsAttribute(Right right) => Right = right;

    /// <summary>Of the operator's or the vendor's console.</summary>
    public NeedsAttribute(StaffRight right) => (Staff, ForStaff) = (right, true);

    /// <summary>Null: to be signed in is enough, as a subscriber or – with <see cref="ForStaff"/> – as staff.</summary>
    public Right? Right { get; }

    public StaffRight? Staff { get; }

    /// <summary>For staff only, whatever their role.</summary>
    public bool ForStaff { get; init; }
}
