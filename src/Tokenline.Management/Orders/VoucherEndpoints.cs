using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Vouchers;
using Tokenline.Management.Api;

namespace Tokenline.Management.Orders;

internal static class VoucherEndpoints
{
    private const string Tag = "Vouchers";
    private const int PageMax = 500;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/vouchers", MakeAsync)
            .Takes<NewVoucherBody>()
            .Produces<Listing<VoucherBody>>(201)
            .Documented(
                Tag,
                "Make vouchers",
                "One with a code of yours, or many with codes that are made up. What a voucher says is never changed.",
                Problems.InvalidRequest,
                Problems.Conflict
            );
        api.MapGet("/vouchers", ListAsync)
            .Produces<Page<VoucherBody>>()
            .Documented(Tag, "List vouchers", "By code; give `next` back as `before` for those after it.");
        api.MapGet("/vouchers/{code}", ShowAsync)
            .Produces<VoucherDetailBody>()
            .Documented(Tag, "Show a voucher", "With the orders that it was used for.", Problems.NotFound);
        api.MapPost("/vouchers/{code}/end", EndAsync)
            .Produces<VoucherBody>()
            .Documented(Tag, "End a voucher", "What was bought with it is not touched.", Problems.NotFound);
    }

    private static async Task<IResult> MakeAsync(HttpContext http, VoucherDesk desk)
    {
        var read = await Body.ReadAsync<NewVoucherBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var body = read.Required();
        if (MoneyBody.WhatIsWrong("amount", body.Amount) is { } wrong)
            return ApiResult.Problem(wrong);
        return ApiResult.Created(
            await desk.MakeAsync(body.ToSheet(), http.RequestAborted),
            _ => $"{ManagementApi.Root}/vouchers",
            made => new Listing<VoucherBody>([.. made.Vouchers.Select(VoucherBody.Of)])
        );
    }

    private static async Task<IResult> ListAsync(string? before, IVoucherStore store, CancellationToken cancellation)
    {
        var found = await store.ListAsync(Voucher.Normal(before ?? ""), PageMax + 1, cancellation);
        var shown = found.Take(PageMax).Select(VoucherBody.Of).ToList();
        return TypedResults.Ok(new Page<VoucherBody>(shown, found.Count > PageMax ? shown[^1].Code : null));
    }

    private static async Task<IResult> ShowAsync(string code, VoucherDesk desk, IVoucherStore store, CancellationToken cancellation)
    {
        var found = await desk.FindAsync(code, cancellation);
        if (found.Value is not { } voucher)
            return ApiResult.Problem(found.Refused!);
        var uses = await store.UsesAsync(voucher.Code, PageMax, cancellation);
        return TypedResults.Ok(new VoucherDetailBody(VoucherBody.Of(voucher), [.. uses.Select(VoucherUseBody.Of)]));
    }

    private static async Task<IResult> EndAsync(string code, VoucherDesk desk, CancellationToken cancellation) =>
        ApiResult.Of(await desk.EndAsync(code, cancellation), VoucherBody.Of);
}
