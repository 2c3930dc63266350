using Tokenline.Commerce.Access;

namespace Tokenline.Portal.Access;

/// <summary>On a page or an endpoint: only for those who are signed in, and, where a right is named, have it. Checked by <see cref="PortalEdge"/> before anything runs.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute : Attribute
{
    public NeedsAttribute() { }

    public NeedsAttribute(Right right) => Right = right;

    /// <summary>Null: to be signed in is enough.</summary>
    public Right? Right { get; }
}
