namespace Tokenline.Commerce.Tests.Api;

/// <summary>One server for all tests of a class: for those that are refused, and so leave it as it was.</summary>
public sealed class SharedApi : ManagementApiHost
{
    private int customers;

    public Uri Address => http.BaseAddress!;

    /// <summary>The path of a new one.</summary>
    internal async Task<string> CustomerAsync()
    {
        var number = Interlocked.Increment(ref customers);
        return $"customers/{(await SendAsync(HttpMethod.Post, "customers", $$"""{"phoneNumber":"+86139000{{number:00000}}","name":"Li Lei"}""", 201))["id"]}";
    }
}
