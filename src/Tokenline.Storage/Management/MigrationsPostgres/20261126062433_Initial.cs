using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

#pragma warning disable CA1814 // Prefer jagged arrays over multidimensional

namespace Tokenline.Storage.Management.MigrationsPostgres
{
    [DbContext(typeof(PostgresManagementDb))]
    [Migration("20261126062433_Initial")]
    public class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(name: "management");

            migrationBuilder.CreateTable(
                name: "account_change",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    AccountId = table.Column<long>(type: "bigint", nullable: false),
                    Key = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Request = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Command = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    DoneAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_account_change", x => x.Id);
                }
            );

            migrationBuilder.CreateTable(
                name: "auto_pack_purchase",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    AccountId = table.Column<long>(type: "bigint", nullable: false),
                    OfferingId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    BegunAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    EndedAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ProductId = table.Column<long>(type: "bigint", nullable: true),
                    Reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_auto_pack_purchase", x => x.Id);
                }
            );

            migrationBuilder.CreateTable(
                name: "batch",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    AccountId = table.Column<long>(type: "bigint", nullable: false),
                    KeyId = table.Column<long>(type: "bigint", nullable: false),
                    InputFileId = table.Column<long>(type: "bigint", nullable: false),
                    Endpoint = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Origin = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Metadata = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    State = table.Column<int>(type: "integer", nullable: false),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ExpiresAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    InProgressAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    FinalizingAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    CancellingAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    EndedAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Errors = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    OutputFileId = table.Column<long>(type: "bigint", nullable: true),
                    ErrorFileId = table.Column<long>(type: "bigint", nullable: true),
                    Total = table.Column<int>(type: "integer", nullable: false),
                    Completed = table.Column<int>(type: "integer", nullable: false),
                    Failed = table.Column<int>(type: "integer", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_batch", x => x.Id);
                }
            );

            migrationBuilder.CreateTable(
                name: "configuration_version",
                schema: "management",
                columns: table => new
                {
                    Area = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Version = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_configuration_version", x => x.Area);
                }
            );

            migrationBuilder.CreateTable(
                name: "delivery",
                schema: "management",
                columns: table => new
                {
                    Number = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Position = table.Column<long>(type: "bigint", nullable: false),
                    Lane = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Channel = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    WebhookId = table.Column<long>(type: "bigint", nullable: true),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    AccountId = table.Column<long>(type: "bigint", nullable: false),
                    Type = table.Column<string>(type: "text", nullable: false),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    NextAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Attempts = table.Column<int>(type: "integer", nullable: false),
                    EndedAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    LastFailure = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_delivery", x => x.Number);
                }
            );

            migrationBuilder.CreateTable(
                name: "model",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    OwnedBy = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Created = table.Column<long>(type: "bigint", nullable: false),
                    ContextTokens = table.Column<long>(type: "bigint", nullable: false),
                    OutputTokensMax = table.Column<long>(type: "bigint", nullable: false),
                    ImageTokensMax = table.Column<int>(type: "integer", nullable: false),
                    HidesReasoning = table.Column<bool>(type: "boolean", nullable: false),
                    Tokenizer = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    OutputLimitField = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    Prices = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Profile = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Routing = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    WithdrawnAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model", x => x.Id);
                }
            );

            migrationBuilder.CreateTable(
                name: "outbox",
                schema: "management",
                columns: table => new
                {
                    Number = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    AccountId = table.Column<long>(type: "bigint", nullable: false),
                    Command = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    DoneAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Refusal = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outbox", x => x.Number);
                }
            );

            migrationBuilder.CreateTable(
                name: "party",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PhoneNumber = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Group = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Region = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_party", x => x.Id);
                }
            );

            migrationBuilder.CreateTable(
                name: "product_offering",
                schema: "management",
                columns: table => new
                {
                    Number = table
                        .Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Description = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    PriceNano = table.Column<long>(type: "bigint", nullable: false),
                    Currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Months = table.Column<int>(type: "integer", nullable: true),
                    Days = table.Column<int>(type: "integer", nullable: true),
                    Grants = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_product_offering", x => x.Number);
                }
            );

            migrationBuilder.CreateTable(
                name: "protection_key",
                schema: "management",
                columns: table => new
                {
                    Number = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_protection_key", x => x.Number);
                }
            );

            migrationBuilder.CreateTable(
                name: "setting",
                schema: "management",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Value = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_setting", x => x.Name);
                }
            );

            migrationBuilder.CreateTable(
                name: "stored_file",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    AccountId = table.Column<long>(type: "bigint", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Purpose = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Bytes = table.Column<long>(type: "bigint", nullable: false),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    IsWhole = table.Column<bool>(type: "boolean", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_stored_file", x => x.Id);
                }
            );

            migrationBuilder.CreateTable(
                name: "stored_response",
                schema: "management",
                columns: table => new
                {
                    Number = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    AccountId = table.Column<long>(type: "bigint", nullable: false),
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Bytes = table.Column<int>(type: "integer", nullable: false),
                    Sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_stored_response", x => x.Number);
                }
            );

            migrationBuilder.CreateTable(
                name: "substitution",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    AccountId = table.Column<long>(type: "bigint", nullable: true),
                    Model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Use = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    InputPriceAbove = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    OutputPriceAbove = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    WhenDown = table.Column<bool>(type: "boolean", nullable: false),
                    WhenWithdrawn = table.Column<bool>(type: "boolean", nullable: false),
                    QualityMin = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_substitution", x => x.Id);
                }
            );

            migrationBuilder.CreateTable(
                name: "tariff_version",
                schema: "management",
                columns: table => new
                {
                    Version = table.Column<int>(type: "integer", nullable: false),
                    EffectiveFrom = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    EffectiveTo = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CancelledAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Body = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Sheets = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_tariff_version", x => x.Version);
                }
            );

            migrationBuilder.CreateTable(
                name: "vendor",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    BaseUrl = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SealedApiKey = table.Column<byte[]>(type: "bytea", nullable: true),
                    DrainSeconds = table.Column<int>(type: "integer", nullable: false),
                    Simulated = table.Column<bool>(type: "boolean", nullable: false),
                    Apis = table.Column<string>(type: "text", nullable: false, defaultValue: "openai-chat", collation: "C"),
                    AllowsPrivateAddress = table.Column<bool>(type: "boolean", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vendor", x => x.Id);
                }
            );

            migrationBuilder.CreateTable(
                name: "batch_line",
                schema: "management",
                columns: table => new
                {
                    BatchId = table.Column<long>(type: "bigint", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    CustomId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Attempt = table.Column<int>(type: "integer", nullable: false),
                    ChargeId = table.Column<long>(type: "bigint", nullable: true),
                    Sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_batch_line", x => new { x.BatchId, x.Number });
                    table.ForeignKey(
                        name: "FK_batch_line_batch_BatchId",
                        column: x => x.BatchId,
                        principalSchema: "management",
                        principalTable: "batch",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "api_key",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    AccountId = table.Column<long>(type: "bigint", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Hash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Last4 = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ExpiresAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Models = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    RevokedAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    AllotmentId = table.Column<long>(type: "bigint", nullable: true),
                    Changed = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_api_key", x => x.Id);
                    table.ForeignKey(
                        name: "FK_api_key_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "billing_account",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    CapNano = table.Column<long>(type: "bigint", nullable: true),
                    CapCurrency = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Suspended = table.Column<bool>(type: "boolean", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_billing_account", x => x.Id);
                    table.ForeignKey(
                        name: "FK_billing_account_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "notification_settings",
                schema: "management",
                columns: table => new
                {
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    Sms = table.Column<bool>(type: "boolean", nullable: false),
                    Mail = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Language = table.Column<int>(type: "integer", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_notification_settings", x => x.PartyId);
                    table.ForeignKey(
                        name: "FK_notification_settings_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "product_order",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    Offering = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ExternalId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Once = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    State = table.Column<int>(type: "integer", nullable: false),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    EndedAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    PaymentReference = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ProductId = table.Column<long>(type: "bigint", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_product_order", x => x.Id);
                    table.ForeignKey(
                        name: "FK_product_order_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "webhook",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    Url = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Types = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SealedSecret = table.Column<byte[]>(type: "bytea", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_webhook", x => x.Id);
                    table.ForeignKey(
                        name: "FK_webhook_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "stored_file_piece",
                schema: "management",
                columns: table => new
                {
                    FileId = table.Column<long>(type: "bigint", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_stored_file_piece", x => new { x.FileId, x.Number });
                    table.ForeignKey(
                        name: "FK_stored_file_piece_stored_file_FileId",
                        column: x => x.FileId,
                        principalSchema: "management",
                        principalTable: "stored_file",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "deployment",
                schema: "management",
                columns: table => new
                {
                    ModelId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    VendorId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    UpstreamModel = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Priority = table.Column<int>(type: "integer", nullable: false),
                    RequestsPerMinute = table.Column<long>(type: "bigint", nullable: true),
                    TokensPerMinute = table.Column<long>(type: "bigint", nullable: true),
                    ConcurrentCalls = table.Column<int>(type: "integer", nullable: true),
                    Weight = table.Column<int>(type: "integer", nullable: false, defaultValue: 100),
                    CanaryPercent = table.Column<int>(type: "integer", nullable: true),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Profile = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deployment", x => new { x.ModelId, x.VendorId });
                    table.ForeignKey(
                        name: "FK_deployment_model_ModelId",
                        column: x => x.ModelId,
                        principalSchema: "management",
                        principalTable: "model",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "FK_deployment_vendor_VendorId",
                        column: x => x.VendorId,
                        principalSchema: "management",
                        principalTable: "vendor",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "vendor_contract",
                schema: "management",
                columns: table => new
                {
                    Version = table.Column<int>(type: "integer", nullable: false),
                    VendorId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ModelId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    EffectiveFrom = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    EffectiveTo = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Sheet = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Body = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vendor_contract", x => x.Version);
                    table.ForeignKey(
                        name: "FK_vendor_contract_model_ModelId",
                        column: x => x.ModelId,
                        principalSchema: "management",
                        principalTable: "model",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict
                    );
                    table.ForeignKey(
                        name: "FK_vendor_contract_vendor_VendorId",
                        column: x => x.VendorId,
                        principalSchema: "management",
                        principalTable: "vendor",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "product",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    OrderId = table.Column<long>(type: "bigint", nullable: false),
                    OfferingId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    ActiveFrom = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ExpiresAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_product", x => x.Id);
                    table.ForeignKey(
                        name: "FK_product_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "FK_product_product_order_OrderId",
                        column: x => x.OrderId,
                        principalSchema: "management",
                        principalTable: "product_order",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.InsertData(
                schema: "management",
                table: "configuration_version",
                columns: new[] { "Area", "Version" },
                columnTypes: new[] { "text", "bigint" },
                values: new object[,]
                {
                    { "catalogue", 0L },
                    { "keys", 0L },
                    { "substitutions", 0L },
                    { "tariffs", 0L },
                }
            );

            migrationBuilder.CreateIndex(
                name: "IX_account_change_AccountId_Key",
                schema: "management",
                table: "account_change",
                columns: new[] { "AccountId", "Key" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "IX_api_key_Changed", schema: "management", table: "api_key", column: "Changed");

            migrationBuilder.CreateIndex(name: "IX_api_key_Hash", schema: "management", table: "api_key", column: "Hash", unique: true);

            migrationBuilder.CreateIndex(name: "IX_api_key_PartyId", schema: "management", table: "api_key", column: "PartyId");

            migrationBuilder.CreateIndex(
                name: "IX_auto_pack_purchase_AccountId_Id",
                schema: "management",
                table: "auto_pack_purchase",
                columns: new[] { "AccountId", "Id" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_auto_pack_purchase_open",
                schema: "management",
                table: "auto_pack_purchase",
                column: "AccountId",
                unique: true,
                filter: "\"EndedAt\" IS NULL"
            );

            migrationBuilder.CreateIndex(
                name: "IX_batch_AccountId_Id",
                schema: "management",
                table: "batch",
                columns: new[] { "AccountId", "Id" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_batch_unfinished",
                schema: "management",
                table: "batch",
                column: "Id",
                filter: "\"EndedAt\" IS NULL"
            );

            migrationBuilder.CreateIndex(
                name: "IX_batch_line_BatchId_State_Number",
                schema: "management",
                table: "batch_line",
                columns: new[] { "BatchId", "State", "Number" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_billing_account_PartyId",
                schema: "management",
                table: "billing_account",
                column: "PartyId",
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_delivery_Lane_Position",
                schema: "management",
                table: "delivery",
                columns: new[] { "Lane", "Position" },
                filter: "\"State\" = 1"
            );

            migrationBuilder.CreateIndex(
                name: "IX_delivery_PartyId_Number",
                schema: "management",
                table: "delivery",
                columns: new[] { "PartyId", "Number" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_delivery_Position_Lane",
                schema: "management",
                table: "delivery",
                columns: new[] { "Position", "Lane" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "IX_deployment_VendorId", schema: "management", table: "deployment", column: "VendorId");

            migrationBuilder.CreateIndex(name: "IX_outbox_DoneAt", schema: "management", table: "outbox", column: "DoneAt");

            migrationBuilder.CreateIndex(
                name: "IX_party_PhoneNumber",
                schema: "management",
                table: "party",
                column: "PhoneNumber",
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_product_ExpiresAt_Id",
                schema: "management",
                table: "product",
                columns: new[] { "ExpiresAt", "Id" }
            );

            migrationBuilder.CreateIndex(name: "IX_product_OrderId", schema: "management", table: "product", column: "OrderId");

            migrationBuilder.CreateIndex(name: "IX_product_PartyId", schema: "management", table: "product", column: "PartyId");

            migrationBuilder.CreateIndex(
                name: "IX_product_offering_Id",
                schema: "management",
                table: "product_offering",
                column: "Id",
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_product_order_PartyId_ExternalId",
                schema: "management",
                table: "product_order",
                columns: new[] { "PartyId", "ExternalId" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_product_order_PartyId_Once",
                schema: "management",
                table: "product_order",
                columns: new[] { "PartyId", "Once" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "IX_product_order_State", schema: "management", table: "product_order", column: "State");

            migrationBuilder.CreateIndex(
                name: "IX_stored_file_AccountId_Id",
                schema: "management",
                table: "stored_file",
                columns: new[] { "AccountId", "Id" }
            );

            migrationBuilder.CreateIndex(name: "IX_stored_file_CreatedAt", schema: "management", table: "stored_file", column: "CreatedAt");

            migrationBuilder.CreateIndex(
                name: "IX_stored_response_AccountId_Id",
                schema: "management",
                table: "stored_response",
                columns: new[] { "AccountId", "Id" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_stored_response_AccountId_Number",
                schema: "management",
                table: "stored_response",
                columns: new[] { "AccountId", "Number" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_stored_response_CreatedAt",
                schema: "management",
                table: "stored_response",
                column: "CreatedAt"
            );

            migrationBuilder.CreateIndex(
                name: "IX_vendor_contract_ModelId",
                schema: "management",
                table: "vendor_contract",
                column: "ModelId"
            );

            migrationBuilder.CreateIndex(
                name: "IX_vendor_contract_VendorId",
                schema: "management",
                table: "vendor_contract",
                column: "VendorId"
            );

            migrationBuilder.CreateIndex(name: "IX_webhook_PartyId", schema: "management", table: "webhook", column: "PartyId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "account_change", schema: "management");

            migrationBuilder.DropTable(name: "api_key", schema: "management");

            migrationBuilder.DropTable(name: "auto_pack_purchase", schema: "management");

            migrationBuilder.DropTable(name: "batch_line", schema: "management");

            migrationBuilder.DropTable(name: "billing_account", schema: "management");

            migrationBuilder.DropTable(name: "configuration_version", schema: "management");

            migrationBuilder.DropTable(name: "delivery", schema: "management");

            migrationBuilder.DropTable(name: "deployment", schema: "management");

            migrationBuilder.DropTable(name: "notification_settings", schema: "management");

            migrationBuilder.DropTable(name: "outbox", schema: "management");

            migrationBuilder.DropTable(name: "product", schema: "management");

            migrationBuilder.DropTable(name: "product_offering", schema: "management");

            migrationBuilder.DropTable(name: "protection_key", schema: "management");

            migrationBuilder.DropTable(name: "setting", schema: "management");

            migrationBuilder.DropTable(name: "stored_file_piece", schema: "management");

            migrationBuilder.DropTable(name: "stored_response", schema: "management");

            migrationBuilder.DropTable(name: "substitution", schema: "management");

            migrationBuilder.DropTable(name: "tariff_version", schema: "management");

            migrationBuilder.DropTable(name: "vendor_contract", schema: "management");

            migrationBuilder.DropTable(name: "webhook", schema: "management");

            migrationBuilder.DropTable(name: "batch", schema: "management");

            migrationBuilder.DropTable(name: "product_order", schema: "management");

            migrationBuilder.DropTable(name: "stored_file", schema: "management");

            migrationBuilder.DropTable(name: "model", schema: "management");

            migrationBuilder.DropTable(name: "vendor", schema: "management");

            migrationBuilder.DropTable(name: "party", schema: "management");
        }
    }
}
