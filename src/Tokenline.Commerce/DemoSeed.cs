using System.Globalization;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Staff;

namespace Tokenline.Commerce;

/// <param name="Key">The text of a new key; null when the customer had one already.</param>
/// <param name="Order">The demo customer's plan; in progress while the carrier does not answer, null when the customer may not buy.</param>
public sealed record DemoSeedResult(Customer Customer, ProductOrder? Order, string? Key)
{
    public override string ToString() => $"{Customer.PhoneNumber}, order {Order?.State}";
}

/// <summary>A demo operator: the shipped catalogue served by the vendor simulator, and a customer with a plan and a key, and people of the operator and of a vendor. Adds what is missing, changes nothing else.</summary>
public sealed class DemoSeed(
    ICatalogStore store,
    CatalogEditing editing,
    Contracts contracts,
    Offerings offerings,
    ModelCatalogHolder catalog,
    ICustomerStore customerStore,
    Customers customers,
    Ordering ordering,
    Keys keys,
    StaffDesk staff,
    CommerceOptions options,
    TimeProvider time
)
{
    public const string PhoneNumber = "+8613800000000";
    public const string PlanOffering = "plan-light";
    private const string KeyName = "demo";
    private const string SeededSetting = "demo-catalogue";
    private const string StaffSetting = "demo-staff";

    /// <param name="simulatorBaseUrl">The vendor simulator's root, such as <c>http://127.0.0.1:8081</c>. Vendors still simulated follow it.</param>
    public async Task<DemoSeedResult> SeedAsync(Uri simulatorBaseUrl, CancellationToken cancellation)
    {
        var files = DemoCatalogue.Read();
        await SeedVendorsAsync(files.Models, simulatorBaseUrl, cancellation);
        if (await store.SettingAsync(SeededSetting, cancellation) is null)
        {
            await SeedModelsAsync(files.Models, cancellation);
            await SeedContractsAsync(files.Models, cancellation);
            await store.SetAsync(SeededSetting, files.Models.PricesAsOf.ToString("O", CultureInfo.InvariantCulture), cancellation);
        }
        await SeedOfferingsAsync(files.Plans, cancellation);
        if (await store.SettingAsync(StaffSetting, cancellation) is null)
        {
            await SeedStaffAsync(cancellation);
            await store.SetAsync(StaffSetting, "1", cancellation);
        }
        return await SeedCustomerAsync(cancellation);
    }

    private async Task SeedVendorsAsync(DemoModels files, Uri simulator, CancellationToken cancellation)
    {
        var known = (await store.LoadAsync(cancellation)).Vendors.ToDictionary(vendor => vendor.Id);
        var resellers = files.Resellers.Select(reseller => new DemoVendor(reseller.Id, reseller.Name, reseller.Apis));
        foreach (var vendor in files.Vendors.Concat(resellers))
        {
            var apis = vendor.Apis is { } names ? VendorApis.Split(string.Join(',', names)) : VendorApis.Default;
            var version = apis.Contains(VendorApi.Gemini) ? "v1beta" : "v1";
            var address = new Uri(simulator, $"/vendors/{vendor.Id}/{version}");
            var before = known.GetValueOrDefault(vendor.Id);
            if (before is { Simulated: false } || (before?.BaseUrl == address && before.Apis.SequenceEqual(apis)))
                continue;
            (
                await editing.PutVendorAsync(
                    new VendorEntry(vendor.Id, address)
                    {
                        Name = before?.Name ?? vendor.Name,
                        ApiKeys = ["simulator"],
                        Apis = apis,
                        Simulated = true,
                    },
                    cancellation
                )
            ).Required();
        }
    }

    private async Task SeedModelsAsync(DemoModels files, CancellationToken cancellation)
    {
        var missing = files.Models.Where(model => catalog.Current.Find(model.Id) is null).ToList();
        if (missing.Count == 0)
            return;
        var created = new DateTimeOffset(files.PricesAsOf, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds();
        var listings = missing.Select(model => new ModelListing(
            model.Id,
            model.Name,
            model.Vendor,
            created,
            model.ContextTokens,
            model.OutputTokensMax,
            model.ImageTokensMax,
            model.HidesReasoning,
            model.Tokenizer,
            model.OutputLimitField,
            model.ToSheet()
        )
        {
            Profile = model.ToProfile(),
        });
        var real = (await store.LoadAsync(cancellation)).Vendors.Where(vendor => !vendor.Simulated).Select(vendor => vendor.Id).ToHashSet();
        var mappings = missing
            .Select(model => new Mapping(model.Id, model.Vendor, model.Id, Priority: 100))
            .Concat(Resold(files, missing.Where(model => !real.Contains(model.Vendor)).ToList()));
        var reason =
            $"list prices of {files.PricesAsOf:yyyy-MM-dd}, 1 USD = {options.UsdRate} {options.Currency} ({options.UsdRateAsOf}). {files.Attribution}";
        (await editing.PutModelsAsync([.. listings], [.. mappings], reason, cancellation)).Required();
    }

    private static IEnumerable<Mapping> Resold(DemoModels files, IReadOnlyCollection<DemoModel> models) =>
        from reseller in files.Resellers
        from resale in reseller.Models
        where models.Any(model => model.Id == resale.Id)
        select new Mapping(resale.Id, reseller.Id, resale.Id, resale.Priority)
        {
            Profile = new() { Quality = resale.Quality, Energy = resale.Energy },
        };

    private async Task SeedContractsAsync(DemoModels files, CancellationToken cancellation)
    {
        var known = (await store.ContractsAsync(cancellation)).Select(contract => (contract.Vendor, contract.Model)).ToHashSet();
        foreach (var contract in files.Contracts.Where(contract => !known.Contains((contract.Vendor, contract.Model))))
            (
                await contracts.PutAsync(
                    contract.Vendor,
                    contract.Model,
                    contract.Price,
                    Schedule.AtOnce,
                    "made up for the demonstration",
                    cancellation
                )
            ).Required();
    }

    private async Task SeedOfferingsAsync(DemoPlans plans, CancellationToken cancellation)
    {
        if (plans.Currency != options.Currency)
            throw new InvalidOperationException(
                $"The demo's plans are priced in {plans.Currency}; this operator's currency is {options.Currency}."
            );
        var known = (await store.OfferingsAsync(cancellation)).Select(offering => offering.Id).ToHashSet();
        var isFirst = known.Count == 0;
        var missing = new List<ProductOffering>();
        foreach (var offering in plans.Offerings.Where(offering => !known.Contains(offering.Id)))
        {
            var read = offerings.Read(offering.Id, offering.ToSheet());
            // A plan of a later version of the demo may be for models that are not sold here any more.
            if (isFirst || read.Value is not null)
                missing.Add(read.Required());
        }
        if (missing.Count > 0)
            await store.AddOfferingsAsync(missing, cancellation);
    }

    /// <summary>Once: who was removed since stays removed.</summary>
    private async Task SeedStaffAsync(CancellationToken cancellation)
    {
        foreach (var person in DemoStaff.All)
        {
            if (await staff.FindAsync(person.PhoneNumber, cancellation) is null)
                (
                    await staff.AddAsync(
                        person.PhoneNumber,
                        person.Name,
                        [person.Role],
                        person.Vendor,
                        AuditActor.System("demo"),
                        "made up for the demonstration",
                        cancellation
                    )
                ).Required();
        }
    }

    private async Task<DemoSeedResult> SeedCustomerAsync(CancellationToken cancellation)
    {
        var customer =
            await customerStore.FindByPhoneAsync(PhoneNumber, cancellation)
            ?? (await customers.CreateAsync(PhoneNumber, "Demo subscriber", cancellation)).Required();
        var order = (await ordering.PlaceAsync(customer.Id, PlanOffering, "demo-plan", cancellation)).Value;
        var now = time.GetUtcNow();
        var hasKey = (await keys.ListAsync(customer.Id, cancellation)).Any(key =>
            key.Name == KeyName && key.RevokedAt is null && !(key.ExpiresAt <= now)
        );
        var key = hasKey ? null : (await keys.CreateAsync(customer.Id, KeyName, expiresAt: null, models: null, cancellation)).Value?.Text;
        return new(customer, order, key);
    }
}
