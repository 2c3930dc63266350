using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Tokenline.Portal.Layout;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Access;

/// <summary>What pages of subscribers and of staff have in common. <see cref="PortalEdge"/> lets nobody come this far whom the page is not for.</summary>
public abstract class SignedInPage : ComponentBase
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
