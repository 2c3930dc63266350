using Tokenline.Billing;

namespace Tokenline.Portal.Operator.Vendors;

/// <summary>Papers of the books, all of a kind.</summary>
internal static class BillingPapers
{
    private const int AtOnce = 500;

    /// <param name="group">Of whom; null: of all.</param>
    public static async Task<List<T>> AllAsync<T>(IBillingStore store, DocumentKind kind, string? group, CancellationToken cancellation)
    {
        var (all, after) = (new List<T>(), "");
        while (true)
        {
            var page = await store.ListAsync(kind, group, null, after, AtOnce, cancellation);
            all.AddRange(page.Select(paper => BillingJson.Read<T>(paper.Body)));
            if (page.Count < AtOnce)
                return all;
            after = page[^1].Id;
        }
    }
}
