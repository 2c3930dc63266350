using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.AuditTrail;

namespace Tokenline.Portal.Access;

/// <summary>
/// Around every form that a customer's members send: who changed what in this account. It is written down before, and what became of it after, so that no page can forget it;
/// what cannot be written down is not done. What was typed is in it, but for what is named like a secret.
/// </summary>
internal sealed class ChangeLog(AuditLog audit)
{
    /// <summary>Set by a page that has changed something and shows it at once, in place of leading somewhere.</summary>
    private static readonly object made = new();

    /// <summary>These are about the session and not about the account, or only look.</summary>
    private static readonly string[] others = ["/act-for", "/playground/key", "/playground/leave", "/passkeys/new"];

    public static void Made(HttpContext context) => context.Items[made] = true;

    public async Task AroundAsync(HttpContext context, Visitor visitor, RequestDelegate inner)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
        if (others.Contains(context.Request.Path.Value) || IsQuestion(form))
        {
            await inner(context);
            return;
        }
        var (action, on) = Read(context.Request.Path, form?["_handler"].ToString() ?? "");
        var begun = await audit.BeginAsync(
            new AuditDraft(
                new AuditActor(
                    AuditActorKind.Member,
                    visitor.Membership.Id.ToString(),
                    visitor.Session.PhoneNumber,
                    Browser.Address(context)
                ),
                action,
                on
            )
            {
                Customer = visitor.Customer.Id,
                After = AuditJson.Of(
                    form?.Where(field => field.Key[0] != '_').ToDictionary(field => field.Key, field => field.Value.ToString())
                ),
            }
        );
        try
        {
            await inner(context);
        }
        catch (Exception e)
        {
            await audit.FailAsync(begun, e);
            throw;
        }
        // A page that shows itself again has changed nothing: it says what is wrong.
        var isMade = context.Response.StatusCode is >= 300 and < 400 || context.Items.ContainsKey(made);
        await audit.EndAsync(begun, isMade ? null : new Commerce.Refused(Units.Problems.InvalidRequest, "The page says why."), null);
    }

    /// <summary>What something would cost, before it is wanted.</summary>
    private static bool IsQuestion(IFormCollection? form) =>
        form is not null && (form["do"] == "total" || (form["_handler"] == "seats" && form["quoted"] != form["count"]));

    /// <summary>
    /// <c>keys.make</c> on the page, <c>keys.revoke</c> on the key: a form that is about one of many is called by what it does and the id of that one, as <c>revoke-key_…</c> and
    /// <c>remove-passkey_…</c> are. <c>top-up</c> is about nothing.
    /// </summary>
    private static (string Action, AuditSubject On) Read(PathString path, string handler)
    {
        var words = path.Value!.Trim('/').Split('/');
        var end = handler.IndexOf('-', StringComparison.Ordinal);
        if (end > 0 && handler.Contains('_', StringComparison.Ordinal))
            return ($"{words[0]}.{handler[..end]}", new AuditSubject(words[0], string.Join('/', words[1..].Append(handler[(end + 1)..]))));
        return (handler.Length == 0 ? words[0] : $"{words[0]}.{handler}", new AuditSubject(AuditSubject.Page, $"{path}"));
    }
}
