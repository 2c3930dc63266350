using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;
using Tokenline.Portal.Layout;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Access;

/// <summary>A page for somebody who is signed in. Whatever it shows or changes is of <see cref="Customer"/>.</summary>
public abstract class ConsolePage : ComponentBase
{
    [CascadingParameter]
    public required HttpContext Context { get; set; }

    [CascadingParameter]
    internal PortalTexts Texts { get; set; } = null!;

    [CascadingParameter]
    internal Look Look { get; set; } = null!;

    [Inject]
    internal OperatorClock Clock { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    /// <summary><see cref="PortalEdge"/> lets nobody else come this far.</summary>
    internal Visitor Visitor => Context.Features.Get<Visitor>() ?? throw new InvalidOperationException("the page has no [Needs]");

    internal Customer Customer => Visitor.Customer;

    internal CancellationToken Cancellation => Context.RequestAborted;

    /// <summary>Everything that the page shows. It is rendered when this has ended, and not before.</summary>
    protected virtual Task LoadAsync() => Task.CompletedTask;

    public sealed override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        await LoadAsync();
        await base.SetParametersAsync(ParameterView.Empty);
    }
}
