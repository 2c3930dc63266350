using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Wallets;
using Tokenline.Portal.Access;
using Tokenline.Portal.Calls;

namespace Tokenline.Portal.Wallets;

/// <summary>The statement of a wallet as CSV, newest first.</summary>
internal static class WalletExport
{
    private const int PageSize = 200;
    private const int RowsMax = 100_000;

    public static void Map(IEndpointRouteBuilder routes, PortalEdge edge) =>
        routes.MapGet("/wallet.csv", edge.Around(WriteAsync)).WithMetadata(new NeedsAttribute(Right.SeePayments)).ExcludeFromDescription();

    private static async Task WriteAsync(HttpContext context)
    {
        var store = context.RequestServices.GetRequiredService<IWalletStore>();
        var customer = context.Features.Get<Visitor>()!.Customer.Id;
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"wallet.csv\"";
        await using var text = new StreamWriter(context.Response.Body, new UTF8Encoding(true));
        await text.WriteAsync("id,at,type,description,amount,balance,currency,reference,reason\r\n");
        MovementId? before = null;
        for (var rows = 0; rows < RowsMax; rows += PageSize)
        {
            var page = await store.StatementAsync(customer, before, PageSize, context.RequestAborted);
            foreach (var movement in page)
                await text.WriteAsync(Row(movement));
            if (page.Count < PageSize)
                return;
            before = page[^1].Id;
        }
    }

    private static string Row(WalletMovement movement) =>
        string.Join(
            ',',
            movement.Id,
            movement.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            movement.Type,
            UsageExport.Cell(movement.Description),
            movement.Amount.ToDecimal().ToString(CultureInfo.InvariantCulture),
            movement.Balance.ToDecimal().ToString(CultureInfo.InvariantCulture),
            movement.Balance.Currency.Code,
            UsageExport.Cell(movement.Reference),
            UsageExport.Cell(movement.Reason)
        ) + "\r\n";
}
