using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.AuditTrail;

namespace Tokenline.Portal.Layout;

/// <summary>One thing that an action would do.</summary>
public sealed record ActionLine(string Label, string Value);

/// <summary>What an action would do, as it is now.</summary>
/// <param name="Entry">What the audit log will say, without the reason.</param>
public sealed record ActionPreview(AuditDraft Entry, IReadOnlyList<ActionLine> Lines)
{
    /// <summary>What whoever confirms it should think of.</summary>
    public string? Warning { get; init; }
}

/// <summary>What was entered.</summary>
/// <param name="Once">The same for the same preview: given to a use case as its command's id, a button that is pressed twice acts once.</param>
/// <param name="Reason">Empty as long as the preview is made.</param>
public sealed record ActionInput(IFormCollection Form, CommandId Once, string Reason)
{
    public string? Text(string name) => Form[name].ToString().Trim() is { Length: > 0 } text ? text : null;
}

/// <summary>It is done.</summary>
/// <param name="After">What is there now, for the audit log.</param>
/// <param name="Address">Where to go; null: to the page that it was started from.</param>
public sealed record ActionDone(object? After = null, string? Address = null);
