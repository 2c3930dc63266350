using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Billing;
using Tokenline.Billing.Settlement;
using Tokenline.Commerce;
using Tokenline.Management.Api;

namespace Tokenline.Management.Billing;

/// <summary>How vendors come in, and what they and channels agree on.</summary>
internal static class OnboardingEndpoints
{
    private const string Tag = "Settlement";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/vendor-applications", ListAsync)
            .Produces<Listing<VendorApplicationBody>>()
            .Documented(Tag, "List applications of vendors", "By the vendors' ids.");
        api.MapPost("/vendor-applications", ApplyAsync)
            .Takes<VendorApplicationBody>()
            .Produces<VendorApplicationBody>()
            .Documented(
                Tag,
                "Apply for a stall",
                "Who the vendor is, what it wants to list, and where it is paid. After a rejection it may apply again.",
                Problems.InvalidRequest,
                Problems.Conflict
            );
        api.MapPost("/vendor-applications/{vendor}/review", ReviewAsync)
            .Produces<VendorApplicationBody>()
            .Documented(Tag, "Begin to look at an application", "It was `submitted`.", Problems.NotFound, Problems.WrongState);
        api.MapPost("/vendor-applications/{vendor}/decision", DecideAsync)
            .Takes<ApplicationDecisionBody>()
            .Produces<VendorApplicationBody>()
            .Documented(
                Tag,
                "Approve or reject an application",
                "It was `inReview`. An approved vendor may agree on terms.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState
            );
        api.MapGet("/vendor-terms", ListVendorTermsAsync)
            .Produces<Listing<VendorTermsBody>>()
            .Documented(Tag, "List the terms of vendors", "By vendor and number; the highest number that covers a period is in force.");
        api.MapPost("/vendor-terms", AgreeWithVendorAsync)
            .Takes<VendorTermsBody>()
            .Produces<VendorTermsBody>()
            .Documented(
                Tag,
                "Agree on terms with a vendor",
                "By wholesale (its price sheets say what it is owed: `contracts`) or by a share of revenue; and its fees. For whole periods that are not settled.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState
            );
        api.MapGet("/channel-terms", ListChannelTermsAsync)
            .Produces<Listing<ChannelTermsBody>>()
            .Documented(Tag, "List the terms of channels", "By channel and number; the highest number that covers a period is in force.");
        api.MapPost("/channel-terms", AgreeWithChannelAsync)
            .Takes<ChannelTermsBody>()
            .Produces<ChannelTermsBody>()
            .Documented(
                Tag,
                "Agree on terms with a channel",
                "Its share of what the customers that it sold to earn, for whole periods that are not settled. The channel is what orders name as theirs.",
                Problems.InvalidRequest,
                Problems.WrongState
            );
    }

    private static async Task<IResult> ListAsync(IBillingStore store, CancellationToken cancellation) =>
        TypedResults.Ok(
            new Listing<VendorApplicationBody>([
                .. (await AllAsync<VendorApplication>(store, DocumentKind.Application, cancellation)).Select(VendorApplicationBody.Of),
            ])
        );

    private static async Task<IResult> ApplyAsync(HttpContext http, Onboarding onboarding, TimeProvider time)
    {
        var read = await Body.ReadAsync<VendorApplicationBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        var application = new VendorApplication(
            body.Vendor ?? "",
            body.Company ?? "",
            body.Contact ?? "",
            body.TaxId ?? "",
            body.SettlementAccount ?? "",
            body.Models ?? [],
            time.GetUtcNow()
        );
        return ApiResult.Of(await onboarding.ApplyAsync(application, http.RequestAborted), VendorApplicationBody.Of);
    }

    private static async Task<IResult> ReviewAsync(string vendor, Onboarding onboarding, CancellationToken cancellation) =>
        ApiResult.Of(await onboarding.ReviewAsync(vendor, cancellation), VendorApplicationBody.Of);

    private static async Task<IResult> DecideAsync(HttpContext http, string vendor, Onboarding onboarding)
    {
        var read = await Body.ReadAsync<ApplicationDecisionBody>(http);
        return read.Refused is { } refused
            ? ApiResult.Problem(refused)
            : ApiResult.Of(await onboarding.DecideAsync(vendor, read.Required().Refusal, http.RequestAborted), VendorApplicationBody.Of);
    }

    private static async Task<IResult> ListVendorTermsAsync(IBillingStore store, CancellationToken cancellation) =>
        TypedResults.Ok(
            new Listing<VendorTermsBody>([
                .. (await AllAsync<VendorTerms>(store, DocumentKind.VendorTerms, cancellation)).Select(VendorTermsBody.Of),
            ])
        );

    private static async Task<IResult> AgreeWithVendorAsync(HttpContext http, Onboarding onboarding)
    {
        var read = await Body.ReadAsync<VendorTermsBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        if (Periods(body.From, body.Until, out var from, out var until) is { } wrong)
            return ApiResult.Problem(wrong);
        if (!Enum.IsDefined(body.Kind))
            return ApiResult.Problem(Refused.Invalid("kind", "wholesale or revenueShare."));
        var terms = new VendorTerms(
            body.Vendor ?? "",
            0,
            from,
            until,
            body.Kind,
            body.VendorPercent,
            body.PlatformPercent,
            body.PlatformFixed,
            body.ComputingPrice,
            body.HostedDeployments,
            body.PriceNoticeDays
        );
        return ApiResult.Of(await onboarding.AgreeAsync(terms, http.RequestAborted), VendorTermsBody.Of);
    }

    private static async Task<IResult> ListChannelTermsAsync(IBillingStore store, CancellationToken cancellation) =>
        TypedResults.Ok(
            new Listing<ChannelTermsBody>([
                .. (await AllAsync<ChannelTerms>(store, DocumentKind.ChannelTerms, cancellation)).Select(ChannelTermsBody.Of),
            ])
        );

    private static async Task<IResult> AgreeWithChannelAsync(HttpContext http, Onboarding onboarding)
    {
        var read = await Body.ReadAsync<ChannelTermsBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        if (Periods(body.From, body.Until, out var from, out var until) is { } wrong)
            return ApiResult.Problem(wrong);
        var terms = new ChannelTerms(body.Channel ?? "", 0, from, until, body.Percent);
        return ApiResult.Of(await onboarding.AgreeAsync(terms, http.RequestAborted), ChannelTermsBody.Of);
    }

    private static Refused? Periods(string? first, string? last, out BillingPeriod from, out BillingPeriod? until)
    {
        until = null;
        if (!BillingPeriod.TryParse(first, out from))
            return BillEndpoints.NoPeriod with { Param = "from" };
        if (last is null)
            return null;
        if (!BillingPeriod.TryParse(last, out var ends))
            return BillEndpoints.NoPeriod with { Param = "until" };
        until = ends;
        return null;
    }

    private static async Task<List<T>> AllAsync<T>(IBillingStore store, DocumentKind kind, CancellationToken cancellation)
    {
        var (all, after) = (new List<T>(), "");
        while (true)
        {
            var page = await store.ListAsync(kind, null, null, after, SettlementRun.DocumentsAtOnce, cancellation);
            all.AddRange(page.Select(stored => BillingJson.Read<T>(stored.Body)));
            if (page.Count < SettlementRun.DocumentsAtOnce)
                return all;
            after = page[^1].Id;
        }
    }
}
