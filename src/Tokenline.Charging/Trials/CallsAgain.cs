using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Trials;

/// <summary>What is asked of an account to make a call again that has left a usage record.</summary>
public static class CallsAgain
{
    /// <summary>Of exactly what the call used.</summary>
    public static HoldRequest Hold(UsageRecord call, ModelTariff tariff)
    {
        var output = Math.Max(call.Usage.WholeOutput, 1);
        return new HoldRequest
        {
            Charge = call.Charge,
            Key = call.Key,
            Tariff = tariff,
            Vendor = call.Vendor,
            Deployment = call.Deployment,
            Stream = false,
            InputBound = call.Usage.WholeInput,
            InputEstimate = call.Usage.WholeInput,
            Traits = call.Traits,
            OutputWanted = output,
            OutputModest = output,
            OutputMin = 1,
            Precise = true,
            Node = 0,
        };
    }

    /// <param name="asked">The class that was asked for; null: the standard one.</param>
    public static SettleRequest Settle(UsageRecord call, in Usage usage, CallTraits? asked) =>
        new()
        {
            Charge = call.Charge,
            Usage = usage,
            Basis = call.Basis,
            Ending = call.Ending,
            Service = ServedOf(call, asked ?? CallTraits.Plain),
            Vendor = call.Vendor,
            Deployment = call.Deployment,
        };

    /// <summary>The class that the vendor served: the customer's, where the two were charged alike, else the one the vendor is owed.</summary>
    private static ServiceClass? ServedOf(UsageRecord call, CallTraits asked)
    {
        var charged = (call.Traits ?? CallTraits.Plain).Service;
        return charged != asked.Service ? charged : call.Wholesale?.Service;
    }
}
