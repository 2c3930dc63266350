using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Access;

/// <summary>Around every form that staff send: one that led somewhere and left no entry in the audit log gets one, so that no page can forget it.</summary>
internal sealed class StaffEdge(AuditLog audit, ILogger<StaffEdge> log)
{
    private static readonly object nothing = new();

    public static void ChangedNothing(HttpContext context) => context.Items[nothing] = nothing;

    public async Task AroundAsync(HttpContext context, StaffVisitor staff, RequestDelegate inner)
    {
        var tally = AuditTally.Begin();
        await inner(context);
        // A page that shows something again has changed nothing: it asks, previews, or says what is wrong.
        if (tally.Count > 0 || context.Items.ContainsKey(nothing) || context.Response.StatusCode is not (>= 300 and < 400))
            return;
        log.LogWarning("{Method} {Path} wrote nothing into the audit log itself", context.Request.Method, context.Request.Path);
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
        var fields = form?.ToDictionary(field => field.Key, field => field.Value.ToString());
        await audit.WriteAsync(
            new AuditDraft(
                staff.Acting(Browser.Address(context)),
                $"POST {context.Request.Path}",
                new AuditSubject(AuditSubject.Page, context.Request.Path)
            )
            {
                Vendor = staff.Member.Vendor,
                After = AuditJson.Of(fields),
            }
        );
    }
}
