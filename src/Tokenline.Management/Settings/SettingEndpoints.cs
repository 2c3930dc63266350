using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Configuration;
using Tokenline.Management.Api;
using Tokenline.Management.AuditTrail;

namespace Tokenline.Management.Settings;

/// <param name="Value">What holds.</param>
/// <param name="StartedWith">What this server was started with.</param>
/// <param name="ChangedAt">When it was set while the system ran; absent: it was not.</param>
public sealed record SettingBody(string Name, string? Value, string? StartedWith, DateTimeOffset? ChangedAt, string? By);

/// <param name="Settings">Name → value; null: as a server was started with.</param>
/// <param name="Reason">Why, for the audit log: 3 to 200 characters. Left out, the header <c>X-Reason</c> says it.</param>
public sealed record SettingChangeBody(IReadOnlyDictionary<string, string?>? Settings, string? Reason = null);

/// <summary>The settings that need no restart.</summary>
internal static class SettingEndpoints
{
    private const string Tag = "Settings";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/settings", ListAsync)
            .Produces<Listing<SettingBody>>()
            .Documented(
                Tag,
                "List settings",
                "Those that change while the system runs, with what holds and what this server was started with."
            );
        api.MapPatch("/settings", ChangeAsync)
            .Takes<SettingChangeBody>()
            .Produces<Listing<SettingBody>>()
            .AuditedInside()
            .Documented(
                Tag,
                "Change settings",
                "All of them or none; in force on this node with the answer, and on the others within a second. A value of null takes back what was set. A new dollar rate has today for its day unless another is given with it. The `reason` is in the audit log.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
    }

    private static async Task<IResult> ListAsync(SettingDesk desk, RunningSettings running, CancellationToken cancellation) =>
        TypedResults.Ok(await ShownAsync(desk, running, cancellation));

    private static async Task<IResult> ChangeAsync(HttpContext http, SettingDesk desk, RunningSettings running)
    {
        var read = await Body.ReadAsync<SettingChangeBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        if (body.Settings is not { Count: > 0 } entered)
            return ApiResult.Problem(
                Refused.Invalid(
                    "settings",
                    "Which settings? An example: {\"settings\":{\"Billing:PaymentDays\":\"20\"},\"reason\":\"As agreed\"}."
                )
            );
        var reason = AuditMarks.NeededReason(http, body.Reason);
        if (reason.Value is not { } why)
            return ApiResult.Problem(reason.Refused!);
        var changed = await desk.ChangeAsync(entered, AuditMarks.Acting(http), why, http.RequestAborted);
        return changed.Refused is { } refused
            ? ApiResult.Problem(refused)
            : TypedResults.Ok(await ShownAsync(desk, running, http.RequestAborted));
    }

    private static async Task<Listing<SettingBody>> ShownAsync(SettingDesk desk, RunningSettings running, CancellationToken cancellation)
    {
        var set = (await desk.ListAsync(cancellation)).ToDictionary(one => one.Name);
        return new([
            .. RunningSetting.All.Select(setting =>
            {
                var one = set.GetValueOrDefault(setting.Name);
                var started = running.StartedWith(setting.Name);
                return new SettingBody(setting.Name, one?.Value ?? started, started, one?.ChangedAt, one?.By);
            }),
        ]);
    }
}
