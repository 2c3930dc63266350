using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Export;
using Tokenline.Commerce.Access;
using Tokenline.Portal.Access;
using Tokenline.Portal.Layout;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Bills;

/// <summary>A bill as a file. The JSON is the bill to the byte: its SHA-256 is the one that page and PDF show.</summary>
internal static class BillFiles
{
    private static readonly byte[] mark = Encoding.UTF8.GetPreamble(); // spreadsheets look for it

    public static void Map(IEndpointRouteBuilder routes, PortalEdge edge)
    {
        Map("/bills/{id}/pdf", (context, document) => WriteAsync(context, document, "pdf", "application/pdf", Pdf(context, document)));
        Map(
            "/bills/{id}/csv",
            (context, document) =>
                WriteAsync(
                    context,
                    document,
                    "csv",
                    "text/csv; charset=utf-8",
                    [.. mark, .. Encoding.UTF8.GetBytes(BillCsv.Write(document.Bill))]
                )
        );
        Map(
            "/bills/{id}/json",
            (context, document) =>
                WriteAsync(context, document, "json", "application/json", Encoding.UTF8.GetBytes(BillingJson.Write(document.Bill)))
        );

        void Map(string route, Func<HttpContext, BillDocument, Task> write) =>
            routes
                .MapGet(route, edge.Around(context => FindAsync(context, write)))
                .WithMetadata(new NeedsAttribute(Right.SeePayments))
                .ExcludeFromDescription();
    }

    private static async Task FindAsync(HttpContext context, Func<HttpContext, BillDocument, Task> write)
    {
        var bills = context.RequestServices.GetRequiredService<BillReading>();
        var account = context.Features.Get<Visitor>()!.Customer.Account;
        var period = (string)context.Request.RouteValues["id"]!;
        await write(context, await bills.FindAsync(account, period, context.RequestAborted) ?? throw new PageNotFoundException());
    }

    private static byte[] Pdf(HttpContext context, BillDocument document) =>
        BillPdf.Write(
            document,
            context.RequestServices.GetRequiredService<BillingOptions>().OperatorName,
            Looks.Of(context).Language == Language.English ? "en" : "zh"
        );

    private static Task WriteAsync(HttpContext context, BillDocument document, string ending, string type, byte[] bytes)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"bill-{document.Bill.Period}.{ending}\"";
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
