using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;

namespace Tokenline.Portal.Access;

/// <summary>A page for somebody who is signed in. Whatever it shows or changes is of <see cref="Customer"/>.</summary>
public abstract class ConsolePage : SignedInPage
{
    /// <summary><see cref="PortalEdge"/> lets nobody else come this far.</summary>
    internal Visitor Visitor => Context.Features.Get<Visitor>() ?? throw new InvalidOperationException("the page has no [Needs]");

    internal Customer Customer => Visitor.Customer;
}
