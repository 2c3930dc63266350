using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Tokenline.Storage.Billing.MigrationsPostgres
{
    [DbContext(typeof(PostgresBillingDb))]
    [Migration("20261126134205_Initial")]
    public class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(name: "billing");

            migrationBuilder.CreateTable(
                name: "balance",
                schema: "billing",
                columns: table => new
                {
                    Account = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Units = table.Column<long>(type: "bigint", nullable: false),
                    Nano = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_balance", x => new { x.Account, x.Currency });
                }
            );

            migrationBuilder.CreateTable(
                name: "billed_account",
                schema: "billing",
                columns: table => new { Id = table.Column<long>(type: "bigint", nullable: false) },
                constraints: table =>
                {
                    table.PrimaryKey("PK_billed_account", x => x.Id);
                }
            );

            migrationBuilder.CreateTable(
                name: "bucket",
                schema: "billing",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    Payer = table.Column<long>(type: "bigint", nullable: false),
                    Period = table.Column<int>(type: "integer", nullable: false),
                    Body = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_bucket", x => x.Id);
                }
            );

            migrationBuilder.CreateTable(
                name: "bucket_move",
                schema: "billing",
                columns: table => new
                {
                    Bucket = table.Column<long>(type: "bigint", nullable: false),
                    Period = table.Column<int>(type: "integer", nullable: false),
                    Payer = table.Column<long>(type: "bigint", nullable: false),
                    Added = table.Column<long>(type: "bigint", nullable: false),
                    Taken = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_bucket_move", x => new { x.Bucket, x.Period });
                }
            );

            migrationBuilder.CreateTable(
                name: "document",
                schema: "billing",
                columns: table => new
                {
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Group = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Period = table.Column<int>(type: "integer", nullable: true),
                    Version = table.Column<long>(type: "bigint", nullable: false),
                    Body = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_document", x => new { x.Kind, x.Id });
                }
            );

            migrationBuilder.CreateTable(
                name: "earned",
                schema: "billing",
                columns: table => new
                {
                    Sale = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Unit = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Account = table.Column<long>(type: "bigint", nullable: false),
                    Used = table.Column<long>(type: "bigint", nullable: false),
                    EarnedNano = table.Column<long>(type: "bigint", nullable: false),
                    BrokenNano = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_earned", x => new { x.Sale, x.Unit });
                }
            );

            migrationBuilder.CreateTable(
                name: "leased_account",
                schema: "billing",
                columns: table => new
                {
                    Lessee = table.Column<long>(type: "bigint", nullable: false),
                    Lessor = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_leased_account", x => x.Lessee);
                }
            );

            migrationBuilder.CreateTable(
                name: "mark",
                schema: "billing",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Value = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_mark", x => x.Name);
                }
            );

            migrationBuilder.CreateTable(
                name: "sale",
                schema: "billing",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Account = table.Column<long>(type: "bigint", nullable: false),
                    Period = table.Column<int>(type: "integer", nullable: false),
                    Body = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sale", x => x.Id);
                }
            );

            migrationBuilder.CreateTable(
                name: "settlement_base",
                schema: "billing",
                columns: table => new
                {
                    Period = table.Column<int>(type: "integer", nullable: false),
                    Vendor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Channel = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Nano = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "PK_settlement_base",
                        x => new
                        {
                            x.Period,
                            x.Vendor,
                            x.Model,
                            x.Channel,
                            x.Currency,
                        }
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "transfer",
                schema: "billing",
                columns: table => new
                {
                    Number = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Period = table.Column<int>(type: "integer", nullable: false),
                    Content = table.Column<long>(type: "bigint", nullable: false),
                    Body = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_transfer", x => x.Number);
                }
            );

            migrationBuilder.CreateTable(
                name: "usage_sum",
                schema: "billing",
                columns: table => new
                {
                    Payer = table.Column<long>(type: "bigint", nullable: false),
                    Period = table.Column<int>(type: "integer", nullable: false),
                    Bucket = table.Column<long>(type: "bigint", nullable: false),
                    Model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Vendor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Deployment = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Key = table.Column<long>(type: "bigint", nullable: false),
                    Allotment = table.Column<long>(type: "bigint", nullable: false),
                    Currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Calls = table.Column<long>(type: "bigint", nullable: false),
                    Input = table.Column<long>(type: "bigint", nullable: false),
                    Output = table.Column<long>(type: "bigint", nullable: false),
                    Amount = table.Column<long>(type: "bigint", nullable: false),
                    WorthNano = table.Column<long>(type: "bigint", nullable: false),
                    UncollectedNano = table.Column<long>(type: "bigint", nullable: false),
                    FreeNano = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "PK_usage_sum",
                        x => new
                        {
                            x.Payer,
                            x.Period,
                            x.Bucket,
                            x.Model,
                            x.Vendor,
                            x.Deployment,
                            x.Key,
                            x.Allotment,
                            x.Currency,
                        }
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "vendor_cost",
                schema: "billing",
                columns: table => new
                {
                    Period = table.Column<int>(type: "integer", nullable: false),
                    Vendor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Day = table.Column<int>(type: "integer", nullable: false),
                    Model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ContractVersion = table.Column<int>(type: "integer", nullable: false),
                    Currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Calls = table.Column<long>(type: "bigint", nullable: false),
                    Nano = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "PK_vendor_cost",
                        x => new
                        {
                            x.Period,
                            x.Vendor,
                            x.Day,
                            x.Model,
                            x.ContractVersion,
                            x.Currency,
                        }
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "vendor_usage",
                schema: "billing",
                columns: table => new
                {
                    Vendor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Day = table.Column<int>(type: "integer", nullable: false),
                    Model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Deployment = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Meter = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    IsAttempt = table.Column<bool>(type: "boolean", nullable: false),
                    Quantity = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "PK_vendor_usage",
                        x => new
                        {
                            x.Vendor,
                            x.Day,
                            x.Model,
                            x.Deployment,
                            x.Meter,
                            x.IsAttempt,
                        }
                    );
                }
            );

            migrationBuilder.CreateIndex(name: "IX_bucket_Payer", schema: "billing", table: "bucket", column: "Payer");

            migrationBuilder.CreateIndex(name: "IX_bucket_move_Payer", schema: "billing", table: "bucket_move", column: "Payer");

            migrationBuilder.CreateIndex(
                name: "IX_document_Kind_Group_Id",
                schema: "billing",
                table: "document",
                columns: new[] { "Kind", "Group", "Id" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_document_Kind_Period_Id",
                schema: "billing",
                table: "document",
                columns: new[] { "Kind", "Period", "Id" }
            );

            migrationBuilder.CreateIndex(name: "IX_earned_Account", schema: "billing", table: "earned", column: "Account");

            migrationBuilder.CreateIndex(name: "IX_sale_Account", schema: "billing", table: "sale", column: "Account");

            migrationBuilder.CreateIndex(name: "IX_transfer_Id", schema: "billing", table: "transfer", column: "Id", unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "balance", schema: "billing");

            migrationBuilder.DropTable(name: "billed_account", schema: "billing");

            migrationBuilder.DropTable(name: "bucket", schema: "billing");

            migrationBuilder.DropTable(name: "bucket_move", schema: "billing");

            migrationBuilder.DropTable(name: "document", schema: "billing");

            migrationBuilder.DropTable(name: "earned", schema: "billing");

            migrationBuilder.DropTable(name: "leased_account", schema: "billing");

            migrationBuilder.DropTable(name: "mark", schema: "billing");

            migrationBuilder.DropTable(name: "sale", schema: "billing");

            migrationBuilder.DropTable(name: "settlement_base", schema: "billing");

            migrationBuilder.DropTable(name: "transfer", schema: "billing");

            migrationBuilder.DropTable(name: "usage_sum", schema: "billing");

            migrationBuilder.DropTable(name: "vendor_cost", schema: "billing");

            migrationBuilder.DropTable(name: "vendor_usage", schema: "billing");
        }
    }
}
